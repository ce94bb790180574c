"""/promo for admins, /redeem for everybody."""
