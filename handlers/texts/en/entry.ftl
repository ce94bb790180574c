## Entering: the consequence card and the live card of a trade.

order-card-title = <b>{ $side } { $symbol }</b>
order-card-what-market =
    <b>{ $side } { $size }</b> · { $value }
    At market, { $price } at worst
order-card-what-limit =
    <b>{ $side } { $size }</b> · { $value }
    Limit { $price }
order-card-what-several =
    <b>{ $side } { $size }</b> · { $value }
    { $count } entries from { $price }
order-card-stop = Stop { $stop }: about <b>{ $loss }</b> ({ $share })
order-card-no-stop = ⚠️ <b>No stop.</b> At liquidation about <b>{ $loss }</b> ({ $share })
order-card-no-stop-unknown = ⚠️ <b>No stop.</b> What you can lose is not bounded.
order-card-liquidation = Liquidation { $price } ({ $away }) · { $leverage }x { $margin }
order-card-liquidation-estimate = Liquidation about { $price } ({ $away }) · { $leverage }x { $margin }
order-card-liquidation-none = No liquidation price · { $leverage }x { $margin }
margin-isolated = isolated
margin-cross = cross
order-card-account = <b>{ $account }</b> · account value { $value }
order-card-old = ⏳ <i>These prices are old. Nothing was sent.</i>
order-card-refusal = ⛔ { $reason }

order-card-entry = Entry { $number }: { $size } at { $price }
order-card-stop-moves = The stop of the whole position moves from { $before } to { $after }
order-card-target = Target { $number }: { $price }, closes { $size }, { $gain } after fees
order-card-breakeven = After the first target the stop goes to break-even
order-card-fee = Fee to enter: { $fee } { $quote } ({ $rate }, your rate)
order-card-fee-standard = Fee to enter: { $fee } { $quote } ({ $rate }, the standard rate)
order-card-margin = Margin: { $margin }
order-card-funding-pay = Funding: you pay { $rate } in { $wait }
order-card-funding-get = Funding: you get { $rate } in { $wait }
order-card-min-order = Smallest order: { $value }
order-card-price-limits = Limit prices: { $lowest } to { $highest }
order-card-positions = Open positions: { $open }
order-card-positions-of = Open positions: { $open } of { $most }
order-card-loss-budget = Loss budget left today: { $left }
order-card-prices = Bid { $bid } · ask { $ask } · { $time }

button-entry-buy = ✓ Buy { $size }
button-entry-sell = ✓ Sell { $size }
button-entry-new-price = ↻ New price
button-entry-again = Send again
button-rest-buy = Buy the rest
button-rest-sell = Sell the rest
button-rest-buy-at = Buy the rest at { $price }
button-rest-sell-at = Sell the rest at { $price }
button-cure-leverage = Leverage { $leverage }x
button-cure-stop = Stop at { $price }
button-cure-size = Take { $size }

live-title = <b>{ $side } { $symbol }</b> · { $account }
live-sending = ⏳ Sending { $size }, { $price } at worst …
live-accepted = ⏳ Accepted: { $size }. Waiting for the fill …
live-resting = ⏸ Resting: { $size } at { $price }
live-resting-part = ⏸ Resting at { $price }: { $filled } of { $size } filled @ { $average }
live-counting = ⏳ Filled { $filled } of { $size }, counting …
live-filled = ✅ <b>Filled { $filled } @ { $average }</b>
live-part = ◐ <b>Filled { $filled } of { $size } @ { $average }</b>: the rest moved away
live-part-canceled = ◐ <b>Filled { $filled } of { $size } @ { $average }</b>: the rest was canceled
live-nothing = ○ Nothing was filled: the price moved beyond { $price }. You have no position from this.
live-canceled = ○ Canceled: { $size } at { $price }. Nothing was filled.
live-rejected = ⛔ The exchange refused it. Nothing was filled.
live-unknown = ❓ <b>Not known yet</b> whether the exchange has this order. I keep asking and say it here; please don't send it again.
live-not-placed = ○ The order never reached the exchange. Nothing was filled.
live-not-sent = ○ Not sent. Nothing was filled.
live-reason = Why: { $reason }
live-no-stop = ⚠️ <b>No stop</b>
live-stop-verified = Stop { $stop } · ✓ seen at the exchange
live-stop-waiting = Stop { $stop } · ⏳ being checked
live-targets =
    { $count ->
        [one] Target { $prices }
       *[other] Targets { $prices }
    }
live-times = <i>Tap { $time } · sent +{ $sent } ms · accepted +{ $accepted } ms</i>
