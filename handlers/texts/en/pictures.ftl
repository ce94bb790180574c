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

command-share = Result to share: /share btc
button-share = Share
share-entry = Entry
share-exit = Exit
share-now = Price now
share-account = Account
share-date = Date (UTC)
share-basis =
    { $known ->
        [1] after fees, on the margin
       *[0] after fees, on the position value
    }
share-caption = <b>{ $name }</b>: { $change } { $basis }. No money on it: forward it to whomever you like.
share-nothing =
    { $any ->
        [1] Nothing has been closed on { $account } yet, so there is no result to share.
       *[0] There is no closed trade of { $symbol } on { $account } to share.
    }
curve-kind =
    { $kind ->
        [curve] Curve
       *[days] Days
    }
curve-title =
    { $kind ->
        [curve] PnL over time
       *[days] PnL by day
    }
curve-head = <b>{ $title }</b> · { $account }
