## The command menu.

command-start = Begin
command-menu = Everything at a tap
command-help = What I can do
command-cancel = Stop what I am asking
command-balance = Account value and coins
command-positions = Open positions, stops, liquidation
command-orders = Open orders
command-trades = Latest fills and fees
command-price = A price: /price btc
command-book = An order book: /book btc
command-symbols = Everything that trades
command-keys = Connect, check or remove Bybit keys
command-settings = Risk, stops, leverage, time zone
command-lang = English, Русский, Українська
command-license = What you have and until when
command-redeem = Redeem a promo code
command-promo = Promo codes: make, watch, pause
command-whoami = Your id and role
command-terms = The terms
command-privacy = What is stored
command-ban = Ban a user by id
command-unban = Let a user back in
