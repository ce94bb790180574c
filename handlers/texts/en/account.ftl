## Balance, positions, orders, trades.

command-balance = Account value and coins
command-positions = Open positions, stops, liquidation
command-orders = Open orders

balance-title = <b>Balance</b> · { $account }
balance-value = Account value
balance-available = Available
balance-margin = In use
balance-pnl = Open PnL
balance-coins = Coins
balance-more-coins =
    { $count ->
        [one] and { $count } more coin
       *[other] and { $count } more coins
    }

coins-unreadable =
    { $count ->
        [one] ⚠️ { $count } coin can't be read: { $names }. It is there: look at Bybit.
       *[other] ⚠️ { $count } coins can't be read: { $names }. They are there: look at Bybit.
    }

positions-title = <b>Positions</b> · { $account }
positions-total =
    { $count ->
        [one] { $count } open · { $arrow } <b>{ $pnl }</b>
       *[other] { $count } open · { $arrow } <b>{ $pnl }</b>
    }
positions-none = No open positions in USDT perpetuals.
positions-unreadable =
    { $count ->
        [one] ⚠️ { $count } position can't be read: { $names }. It stands at Bybit: look there.
       *[other] ⚠️ { $count } positions can't be read: { $names }. They stand at Bybit: look there.
    }
position-head = <b>{ $symbol }</b> · { $side }{ $more }
position-hedge = hedge leg
position-size = Size
position-value = Value
position-entry = Entry
position-pnl = PnL
position-stop = Stop
position-target = Target
position-trailing = Trailing
position-liquidation = Liq.
position-level = Level
position-away = To mark
position-far = far
position-size-alone = { $size }, the mark price is not told
position-worth = { $size }, worth { $value }
position-mark = Mark { $mark } · since entry { $move }
position-result = { $arrow } <b>{ $pnl }</b> · ROI { $roi }
position-unprotected = ⚠️ <b>No stop</b>
position-no-liquidation = <i>No liquidation price: the whole account covers this position.</i>
positions-unprotected =
    ⚠️ <b>No stop:</b> { $symbols }{ $more ->
        [0] {""}
       *[other] {" "}and { $more } more
    }
positions-legend = <i>L long, S short · Stop and Liq. from mark, in % · T: targets</i>
positions-symbol = Symbol
positions-stop = Stop%
positions-targets = T
button-close-several = Close several …
positions-liquidation = Liq.%
side-long-letter = L
side-short-letter = S
button-details = Details
button-all-positions = List

orders-title = <b>Orders</b> · { $account }
orders-total =
    { $count ->
        [one] { $count } open order
       *[other] { $count } open orders
    }
orders-none = No open orders on USDT perpetuals and spot.
orders-unreadable =
    { $count ->
        [one] ⚠️ { $count } order can't be read: { $names }. It stands at Bybit: look there.
       *[other] ⚠️ { $count } orders can't be read: { $names }. They stand at Bybit: look there.
    }
category-left-out =
    { $category ->
        [spot] ⚠️ Without spot: this key may not read it. Bybit's page of the key can allow it (Spot).
       *[linear] ⚠️ Without perpetuals: this key may not read them. Bybit's page of the key can allow it (Contract).
    }
order-head = <b>{ $symbol }</b> · { $side } · { $kind }{ $more }
order-reduce-only = reduce-only
order-kind =
    { $kind ->
        [Market] Market
        [Limit] Limit
        [TakeProfit] Take profit
        [PartialTakeProfit] Take profit (part)
        [StopLoss] Stop loss
        [PartialStopLoss] Stop loss (part)
        [TrailingStop] Trailing stop
        [Stop] Conditional
        [tpslOrder] TP/SL
        [OcoOrder] TP/SL, one of two
        [BidirectionalTpslOrder] TP/SL both ways
       *[other] another kind ({ $kind })
    }
order-price = Price
order-trigger = Trigger
order-from = From
order-filled = { $filled } of { $size }
order-whole = whole position
order-status = State
order-state =
    { $state ->
        [New] waiting
        [PartiallyFilled] partly filled
        [Untriggered] not triggered
        [Triggered] triggered
        [Filled] filled
        [Cancelled] canceled
        [PartiallyFilledCanceled] partly canceled
        [Rejected] rejected
        [Deactivated] deactivated
       *[other] { $state }
    }
order-placed = Placed

trades-title = <b>Fills</b> · { $account }
trades-total =
    { $count ->
        [one] The last { $count } fill · times: { $zone }
       *[other] The last { $count } fills · times: { $zone }
    }
trades-none = No fills on USDT perpetuals and spot yet.
trades-unreadable =
    { $count ->
        [one] ⚠️ { $count } fill can't be read: { $names }.
       *[other] ⚠️ { $count } fills can't be read: { $names }.
    }
trades-day = <b>{ $day }</b>
trades-day-since = <b>{ $day }</b>, since { $clock }
trades-day-pnl = PnL <b>{ $pnl }</b> after fees
trades-day-fees = fees paid { $fees }
trades-day-funding = funding { $funding }
trade-pnl = PnL { $pnl }
trade-fee = fee { $fee }
trade-kind =
    { $kind ->
        [Funding] funding
        [BustTrade] liquidation
        [AdlTrade] ADL
        [Settle] settlement
        [Delivery] delivery
        [BlockTrade] block
        [MovePosition] moved
       *[other] { $kind }
    }

button-refill = Refill demo
refill-ask = Bybit gives play money to Bybit Demo, once a minute. How much shall come on top?
refill-done = ✅ Bybit took it on: { $money } more in Bybit Demo.
