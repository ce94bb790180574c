## Price alerts and favorites.

command-favorites = Your favorite symbols
command-alert = A price alert: /alert btc 70k
command-alerts = Your price alerts
button-favorites = Favorites
button-alerts = Price alerts
button-alert = 🔔 Alert
button-mark-favorite = ☆ Favorite
button-unmark-favorite = ★ Favorite

alert-title = 🔔 <b>{ $symbol }</b> is at <b>{ $price }</b> { $quote }. At which price do you want an alert?
alert-title-alone = 🔔 <b>{ $symbol }</b>: at which price do you want an alert?
alert-own = Waiting for: { $prices }
alert-type-it = <i>Tap a price or type one: 70k, below 60k, +3%.</i>
question-alerts-price = the price of an alert
alert-which =
    { $count ->
        [one] { $symbol } is at { $price }, which is far away from that. Is this what you mean?
       *[other] { $symbol } is at { $price }. Which price do you mean?
    }
alert-set =
    🔔 <b>{ $symbol }</b>: I'll ring once when the price { $side ->
        [below] falls
       *[above] rises
    } to <b>{ $price }</b> ({ $away }).
    Now { $now }
alert-stands =
    🔔 You have that alert already: <b>{ $symbol }</b> { $side ->
        [below] falls
       *[above] rises
    } to <b>{ $price }</b> ({ $away }).
    Now { $now }
alert-reached =
    { $symbol } is at { $now } already: { $side ->
        [below] not above
       *[above] not below
    } { $price }. Name a price that is still to come.
alert-here = It is at { $price } right now. Name a price that is still to come.
alert-far = That is too far away from { $price }. Name a nearer price.
alert-percent = A percentage for an alert: up to +900%, or down to −99%.
error-alert-price = That is no price I can read. For example: <code>alert btc 70k</code>, <code>alert eth +5%</code>
alert-coin = Of which coin? For example: <code>alert btc 70k</code>
alert-limit =
    { $most ->
        [one] You have { $most } alert, and more are not possible. Delete it in /alerts first.
       *[other] You have { $most } alerts, and more are not possible. Delete one in /alerts first.
    }
button-alert-another = 🔔 Another
button-alert-delete = ✕ Delete
button-alert-undo = Undo
button-alerts-delete-all = Delete all

alerts-title =
    🔔 <b>Price alerts</b> · { $count ->
        [0] none
       *[other] { $count } of { $most }
    }
alerts-hint = <i>A new one: type “alert btc 70k”, or tap 🔔 below a price.</i>
alert-deleted = Deleted: { $alert }
alerts-ask-delete-all =
    { $count ->
        [one] Delete your price alert?
       *[other] Delete all { $count } price alerts?
    }
alerts-all-deleted =
    { $count ->
        [one] { $count } price alert is deleted.
       *[other] { $count } price alerts are deleted.
    }

told-alert =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] fell
       *[above] rose
    } to <b>{ $threshold }</b>
told-alert-missed =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] fell
       *[above] rose
    } to <b>{ $threshold }</b> while I was away ({ $away } without prices)
told-alert-touched =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] fell
       *[above] rose
    } to <b>{ $threshold }</b> while I was away: it was at { $extreme } { $ago } ago
told-alert-now =
    Now <b>{ $price }</b> { $quote }
    { $arrow } { $change } since you set it at { $set_price }
told-alerts-ended =
    { $count ->
        [one] { $symbol } is not traded at Bybit any more. Your price alert for it is gone.
       *[other] { $symbol } is not traded at Bybit any more. Your { $count } price alerts for it are gone.
    }
button-alert-price = { $coin } price
button-alert-again = 🔔 Set again

favorites-title =
    ★ <b>Favorites</b> · { $count } of { $most }
favorites-none =
    ★ <b>Favorites</b>
    None yet. Tap ☆ below a price, and the symbol stands here and first wherever you choose one.
favorites-limit =
    { $most ->
        [one] You have { $most } favorite, and more are not possible. Take its ★ away first.
       *[other] You have { $most } favorites, and more are not possible. Take a ★ away first.
    }
