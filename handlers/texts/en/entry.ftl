## Entering: the consequence card and the live card of a trade.

order-card-title = <b>{ $side } { $symbol }</b>
order-card-what-market =
    <b>{ $side } { $size }</b> · { $value }
    At market, { $price } at worst · { $leverage }x
order-card-what-limit =
    <b>{ $side } { $size }</b> · { $value }
    Limit { $price } · { $leverage }x
order-card-what-several =
    <b>{ $side } { $size }</b> · { $value }
    { $count } entries from { $price } · { $leverage }x
order-card-stop = Stop { $stop } ≈ <b>{ $loss }</b> ({ $share })
order-card-no-stop = ⚠️ <b>No stop.</b> At liquidation about <b>{ $loss }</b> ({ $share })
order-card-no-stop-unknown = ⚠️ <b>No stop.</b> What you can lose is not bounded.
order-card-liquidation = Liquidation { $price } ({ $away })
order-card-liquidation-estimate = Liquidation about { $price } ({ $away })
order-card-liquidation-none = No liquidation price
margin-isolated = isolated
margin-cross = cross
order-card-account = <b>{ $account }</b> · account value { $value }
order-card-old = ⏳ <i>These prices are old. Nothing was sent.</i>
order-card-refusal = ⛔ { $reason }

order-card-entry = Entry { $number }: { $size } at { $price }
order-card-stop-moves = The stop of the whole position moves from { $before } to { $after }
order-card-target = Target { $number }: { $price }, closes { $size }, { $gain } after fees
order-card-breakeven = After the first target the stop goes to breakeven
order-card-trailing = A stop follows the best price at { $distance } ({ $percent }), from the fill on, beside the stop
order-card-fee = Fee to enter: { $fee } { $quote } ({ $rate }, your rate)
order-card-fee-standard = Fee to enter: { $fee } { $quote } ({ $rate }, the standard rate)
order-card-margin = Margin: { $margin }, { $mode }
order-card-funding-pay = Funding: you pay { $rate } in { $wait }
order-card-funding-get = Funding: you get { $rate } in { $wait }
order-card-min-order = Smallest order: { $value }
order-card-highest-price = Highest limit price: { $price }
order-card-lowest-price = Lowest limit price: { $price }
order-card-positions = Positions, entries: { $open }
order-card-positions-of = Positions, entries: { $open } of { $most }
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

button-leg-add = + Add
button-live-position = Manage the position
live-title = <b>{ $side } { $symbol }</b> · { $account }
live-sending = ⏳ Sending { $size }, { $price } at worst …
live-accepted = ⏳ Accepted: { $size }. Waiting for the fill …
live-resting = ⏸ Resting: { $size } at { $price }
live-resting-part = ⏸ Resting at { $price }: { $filled } of { $size } filled @ { $average }
live-counting = ⏳ Filled { $filled } of { $size }, counting …
live-filled = ✅ <b>Filled</b> { $filled } @ { $average }
live-part = ◐ <b>Filled { $filled } of { $size } @ { $average }</b>: the rest moved away
live-part-canceled = ◐ <b>Filled { $filled } of { $size } @ { $average }</b>: the rest was canceled
live-nothing = ○ Nothing was filled: the price moved beyond { $price }. You have no position from this.
live-canceled = ○ Canceled: { $size } at { $price }. Nothing was filled.
live-rejected = ⛔ The exchange refused it. Nothing was filled.
live-unknown = ❓ <b>One order is unknown until { $time }</b>: nobody knows yet whether the exchange has it. I keep asking and say it here; please don't send it again.
live-not-placed = ○ The order never reached the exchange. Nothing was filled.
live-not-sent = ○ Not sent. Nothing was filled.
live-reason = Why: { $reason }
live-no-stop = ⚠️ <b>No stop</b>
live-stop-verified = Stop { $stop } · ✓ seen at the exchange
live-stop-moved = ⚠️ The stop of your position is { $stop } all the same, as this card said.
live-stop-waiting = Stop { $stop } · ⏳ being checked
live-targets =
    { $count ->
        [one] Target { $prices }
       *[other] Targets { $prices }
    }
live-times = <i>sent +{ $sent } ms · accepted +{ $accepted } ms</i>
live-times-filled = <i>sent +{ $sent } ms · accepted +{ $accepted } ms · filled +{ $filled } ms</i>

command-buy = Buy a perpetual: /buy btc
command-sell = Sell a perpetual: /sell btc

ticket-title = <b>{ $side } { $symbol }</b> · { $account }
ticket-price = Price <b>{ $price }</b>
ticket-prices = Bid { $bid } · ask { $ask }
ticket-spread = Spread
ticket-funding = { $rate } in { $wait }
ticket-size = Size
ticket-entry = Entry
ticket-stop = Stop
ticket-target = Target
ticket-leverage = Leverage
ticket-leverage-own = the symbol’s own
ticket-least = Smallest
ticket-too-small = { $size }: too small
ticket-market = market
ticket-nothing = choose one
ticket-without = none
ticket-size-risk = risk { $share }
ticket-size-max = max
ticket-size-of-max = { $share } of max
ticket-hint = <i>Choosing sends nothing. The next card shows what it comes to.</i>
ticket-ask =
    { $part ->
        [symbol] <b>Which coin?</b> By turnover; any other by its name.
        [stop] <b>How far from the entry shall the stop be?</b>
        [target] <b>How far from the entry shall the target be?</b>
        [entry] <b>At market, or at a better price?</b>
       *[leverage] <b>Which leverage?</b>
    }
ticket-type =
    { $part ->
        [symbol] Which coin? <code>eth</code>, <code>1000pepe</code> …
        [stop] Where shall the stop of { $symbol } be? A price or a distance: <code>62000</code> · <code>3%</code> · <code>none</code>
        [target] Where shall the target of { $symbol } be? A price or a distance: <code>66000</code> · <code>5%</code> · <code>none</code>
        [entry] At what price? <code>64000</code>
        [leverage] Which leverage? <code>3</code>
       *[size] How much? <code>$100</code> · <code>2%</code> of the account value · <code>risk 1%</code> at the stop · <code>0.01</code> of the coin
    }
ticket-presets =
    { $kind ->
        [sizes] Your sizes now: { $now }
       *[stops] Yours now: { $now }
    }
    { $kind ->
        [sizes] Send up to nine in one line: <code>$50 $100 2% risk 1%</code>
       *[stops] Send up to nine in one line, % from the entry: <code>1 2 3.5</code>
    }
ticket-no-size = First choose a size.
error-spot-not-traded = { $symbol } is spot, which is not traded here yet. Perpetuals are.
error-presets = One to { $most } of them, please.
error-presets-unit = A size that shall stand on a button needs its unit: <code>$100</code>, <code>2%</code> or <code>risk 1%</code>.

button-ticket-symbol = { $symbol } ▾
button-ticket-type = ✎ Type it
button-ticket-last-size = ↺ As last time: { $size }
button-ticket-presets = ⚙ Presets
button-ticket-no-stop = No stop
button-ticket-no-target = No target
button-ticket-market = Market
button-ticket-review = Check the order ›
button-entry-change = ✎ Change
button-offer-buy = Buy { $coin } ${ $amount }
button-offer-sell = Sell { $coin } ${ $amount }
question-trade-ticket = a part of your order
question-trade-presets = what the buttons shall offer
