## Balance, positions, orders, trades.

command-balance = Account value and coins
command-positions = Open positions, stops, liquidation
command-orders = Open orders
command-trades = Latest fills and fees

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

positions-title = <b>Positions</b> · { $account }
positions-total =
    { $count ->
        [one] { $count } open, PnL { $pnl }
       *[other] { $count } open, PnL { $pnl }
    }
positions-none = Nothing is open.
position-head = <b>{ $symbol }</b> · { $side }{ $more }
position-hedge = hedge leg
position-size = Size
position-value = Value
position-entry = Entry
position-mark = Mark
position-pnl = PnL
position-stop = Stop
position-target = Target
position-trailing = Trailing
position-liquidation = Liquidation

orders-title = <b>Orders</b> · { $account }
orders-total =
    { $count ->
        [one] { $count } open order
       *[other] { $count } open orders
    }
orders-none = No open orders.
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
       *[other] { $kind }
    }
order-price = Price
order-trigger = Trigger
order-filled = { $filled } of { $size }
order-whole = whole position
order-status = State
order-state =
    { $state ->
        [New] waiting
        [PartiallyFilled] partly filled
        [Untriggered] not triggered
        [Triggered] triggered
       *[other] { $state }
    }
order-placed = Placed

trades-title = <b>Trades</b> · { $account }
trades-total =
    { $count ->
        [one] The last { $count } fill · times: { $zone }
       *[other] The last { $count } fills · times: { $zone }
    }
trades-none = No trades yet.
trade-head = { $time } <b>{ $symbol }</b> · { $side } { $size } at { $price }
trade-tail = { $value } · fee { $fee } · { $kind }
trade-kind =
    { $kind ->
        [maker] maker
        [taker] taker
        [Funding] funding
        [BustTrade] liquidation
        [AdlTrade] auto-deleveraging
        [Settle] settlement
        [Delivery] delivery
       *[other] { $kind }
    }
