"""What statistics and exports are read from, cards' promises and daily reports."""
