## Pictures: charts, curves, results.

command-chart = Chart: /chart btc 1h
button-chart = Chart
chart-title = <b>{ $title }</b>
chart-line = <b>{ $price }</b> { $quote } { $arrow } { $change } in { $span }
chart-range = High { $high } · low { $low }
chart-none = There are no candles of this length yet: try a shorter one.
picture-busy = ⚠️ Many pictures are being drawn just now, so here are the figures alone. Tap again in a few seconds.
picture-refused = ⚠️ Telegram did not take the picture, so here are the figures alone. Tap again in a few seconds.
interval-m = { $count }m
interval-h = { $count }h
interval-d = { $count }d
error-chart-interval = There is no chart of { $word } candles. There are: { $known }.

setting-picture-theme = Pictures
setting-about-picture-theme = The ground that charts and result cards are drawn on: dark or light.
picture-theme-dark = Dark
picture-theme-light = Light

report-picture-title = Report · { $time }
report-picture-seen = People by the day they were last seen
report-picture-licenses = Licenses running now
report-picture-income = Income by month, Stars (on top: given back)
report-picture-promo = Promo codes: how far people came
report-step =
    { $step ->
        [opened] Opened
        [redeemed] Redeemed
        [connected] Connected keys
        [traded] First trade
       *[paid] Paid
    }
