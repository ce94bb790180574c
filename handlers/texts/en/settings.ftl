## /settings.

command-settings = Risk, stops, leverage, time zone

settings-title = <b>Settings</b>
settings-typing = Tap one, or type: <code>/settings risk 1.5</code>
setting-title = <b>{ $name }</b>: { $value }
setting-range = From { $minimum } to { $maximum }.
setting-saved = ✓ { $name }: <b>{ $value }</b>
setting-type-it = Or type a number.
setting-type-zone = Or type a city or an offset: <code>Kyiv</code>, <code>New York</code>, <code>+3</code>, <code>+5:30</code>.
button-other-value = Another value

setting-risk-percent = Risk per trade
setting-about-risk-percent = How much of the account value may be lost at the stop.
setting-stop-loss-percent = Stop loss
setting-about-stop-loss-percent = How far from the entry price a new stop stands.
setting-take-profit-percent = Take profit
setting-about-take-profit-percent = How far from the entry price a new target stands.
setting-leverage = Leverage
setting-about-leverage = The most for a position. Cards say where Bybit’s is higher; never changed unasked.
setting-order-type = Order type
setting-about-order-type = What an order is when you name neither a price nor the market. A limit order waits at the best price of its side.
setting-default-account = Account
setting-about-default-account = The account that screens show first.
setting-notifications = Messages
setting-about-notifications = How my own messages ring: on, silent, or off. Alarms always come.
setting-time-zone = Time zone
setting-about-time-zone = Times are shown in UTC and beside it in yours.

order-type-market = Market
order-type-limit = Limit
notify-on = On
notify-silent = Silent
notify-off = Off
