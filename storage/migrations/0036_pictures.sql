-- The ground that a person's pictures are drawn on.
ALTER TABLE users ADD COLUMN picture_theme TEXT NOT NULL DEFAULT 'dark' CHECK (picture_theme IN ('dark', 'light'));

PRAGMA user_version = 36;
