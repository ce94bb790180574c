account-not-traded =
    { $account_type ->
        [live] Live trading is switched off on this bot: no order goes to Live from here, so I can close nothing there either.
       *[demo] Orders on Bybit Demo are not placed from here, so I can close nothing there either.
    } Bybit’s app can; /positions shows what is open.
card-not-trading = { $symbol } is not traded at the moment.
card-value-unknown = What the account is worth is not known right now.
card-opposite =
    A position of { $qty } stands the other way in { $symbol }. In one-way mode this order would lessen it: close it first.
card-opposite-resting =
    { $count ->
        [one] { $count } order the other way waits in { $symbol }: cancel it first.
       *[other] { $count } orders the other way wait in { $symbol }: cancel them first.
    }
card-foreign = I do not manage the position of { $held } in { $symbol }. A stop of this order would cover all of it.
card-leverage-too-high = { $leverage }x is more than { $most }x, the most for this symbol.
card-leverage-in-use = { $leverage }x would change what is open in this symbol, which is at { $own }x.
card-leverage-own = The symbol’s leverage is { $own }x, more than { $leverage }x in /settings. To lower it, add { $leverage }x to the order.
card-leverage-set = The leverage of this symbol is set from { $own }x to { $leverage }x first.
card-price-rounded = The price is rounded to { $price }: prices here go in steps of { $tick }.
card-price-zero = The price is less than one step ({ $tick }).
card-beyond-limits = The price { $price } is beyond the exchange's limit of { $limit_price } and is moved there.
card-limit-crosses = The price is at or beyond the market ({ $touch_price }): what is there is filled at once.
card-no-stop = No stop: nothing limits the loss but the liquidation.
card-stop-default = The stop is { $percent } away, as in /settings.
card-outside-limits = The market ({ $touch_price }) is beyond the exchange's price limit of { $limit_price }.
card-stop-too-near = The stop { $stop } is too near to the market ({ $touch_price }).
card-risk-unknown = A size by risk needs a stop.
card-too-small = The smallest order here is { $least } { $coin } (about { $value } USDT).
card-too-large = { $qty } is more than { $most }, the most for one order.
card-size-rounded = The size is rounded down from { $wanted }: it goes in steps of { $step }.
card-stop-above = The stop of a long has to be below { $price }; { $stop } is not.
card-stop-below = The stop of a short has to be above { $price }; { $stop } is not.
card-stop-beyond-liquidation = The stop { $stop } is too near to the liquidation at { $liquidation }, or beyond it.
card-lower-leverage = With { $leverage }x the liquidation would lie well behind the stop.
card-target-joined = At { $target } { $count } targets are one: a share was too small to be sent.
card-target-below = The target of a long has to be above { $price }; { $target } is not.
card-target-above = The target of a short has to be below { $price }; { $target } is not.
card-margin = This needs { $margin } USDT of margin, { $available } USDT are free.
card-rows = Bybit holds at most { $most } stops and targets in { $symbol }; { $count } stand already.
card-loss-over-budget = At the stop it loses { $loss } USDT; what may still be lost today is { $left } USDT.
card-level-below-zero = A stop or target has to be a price above 0.
card-targets-too-many = At most { $most } targets.
card-shares = The shares have to be as many as the targets and come to 100 %.
risk-daily-loss = The loss of today has reached { $percent } of the account value. Entries open again tomorrow.
risk-drawdown = The account is { $percent } below its highest value. /limits says what can be done.
risk-tilt =
    { $count ->
        [one] { $count } losing close: entries open again tomorrow.
       *[other] { $count } losing closes in a row: entries open again tomorrow.
    }
risk-cooldown =
    { $minutes ->
        [one] After a losing close entries wait { $minutes } more minute.
       *[other] After a losing close entries wait { $minutes } more minutes.
    }
risk-symbol = { $symbol } is not among the symbols of your /limits.
risk-thin = The market is too thin: { $turnover } USDT in 24 h, your limit is { $least }.
risk-positions = { $open } of { $most } positions are open or on their way.
risk-symbol-value = In { $symbol } it would be { $value } USDT; your limit is { $most }.
risk-total-value = All positions would be worth { $value } USDT; your limit is { $most }.
risk-leverage = { $leverage }x is over your limit of { $most }x.
risk-account-leverage = All positions would be { $leverage } times the account value; your limit is { $most }.
risk-trade-unknown = What this would lose can't be told without a stop; your limit is { $percent } a trade.
risk-trade =
    { $joined ->
        [0] This could lose
       *[other] With the position this could lose
    } { $loss } USDT, { $loss_percent } of the account value; your limit is { $most_percent } a trade.
risk-trade-held = The position alone would lose { $loss } USDT at this stop, { $loss_percent } of the account value; your limit is { $most_percent } a trade. No size of the order cures that: a nearer stop does, or close a part first.
limits-range = A number from { $minimum } to { $maximum } is wanted here.
limits-same = These limits stand already.
limits-too-many-symbols = At most { $most } symbols.
risk-value-old = What the account is worth was not read within 30 seconds: nothing was sent.
promise-limit-near =
    ⚠️ { $account_type ->
        [paper] Practice
        [demo] Bybit Demo
       *[live] Live
    }: { $limit ->
        [drawdown] you may lose { $left } USDT more of { $whole } USDT before entries are closed by your drawdown limit.
       *[daily] today you may lose { $left } USDT more of { $whole } USDT before entries are closed until tomorrow.
    }
promise-limit-reached =
    🛑 { $account_type ->
        [paper] Practice
        [demo] Bybit Demo
       *[live] Live
    }: { $limit ->
        [drawdown] your drawdown limit is reached. Entries are closed; /limits says what can be done.
        [tilt] too many losing closes in a row. Entries are closed until tomorrow.
       *[daily] your limit for the loss of a day is reached. Entries are closed until tomorrow.
    } Positions and their stops stay. { $canceled ->
        [0] No entry was waiting.
        [one] { $canceled } waiting entry is being canceled.
       *[other] { $canceled } waiting entries are being canceled.
    }
