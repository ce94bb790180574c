## Statistics, closed trades, exports, card truth, the daily report.

command-stats = What your trading came to
command-trades = Closed trades: PnL after all costs
command-export = Your trades as CSV files
command-truth = What cards promised, and what happened
command-fills = Latest fills and fees
button-stats = Statistics
button-closed = Closed trades
button-truth = Card truth
button-export-csv = CSV files
button-fills = Fills
button-earlier = ‹ Earlier
button-later = Later ›

stats-title = <b>Statistics</b> · { $account }
stats-counting = ⏳ Counting your trades…
stats-period =
    { $period ->
        [day] Day
        [week] Week
        [month] Month
        [year] Year
       *[all] All
    }
stats-span =
    { $period ->
        [day] Day · { $days }
        [week] Week · { $days }
        [month] Month · { $days }
        [year] Year · { $days }
       *[all] { $run ->
            [0] Everything so far
           *[other] Run { $run } of practice
        }
    }
stats-run = Run { $run } of practice: what was before the reset is under “All”.
stats-part =
    { $part ->
        [symbols] Coins
        [sides] Sides
        [exits] Exits
       *[all] Total
    }
stats-none = Nothing was closed in this time. Once a position is closed, what it brought is counted here.
stats-none-earlier = Nothing was closed in this time. What was closed before stands under “Earlier”.
stats-result = { $arrow } <b>{ $pnl }</b> after fees and funding
stats-trades = Trades
stats-closes = Closes
stats-won = Won
stats-factor = Profit factor
stats-no-loss = no losses
stats-expectancy = A trade
stats-best = Best
stats-worst = Worst
stats-drawdown = Drawdown
stats-held = Held
stats-fees = Fees
stats-funding = Funding
stats-slippage =
    { $kind ->
        [even] Slippage cost you nothing; known for { $known } of { $count } orders.
        [cost] Slippage cost you <b>{ $money }</b>; known for { $known } of { $count } orders.
        [gain] Fills were <b>{ $money }</b> better than the prices you were shown; known for { $known } of { $count } orders.
       *[none] What slippage cost is not known: no price was kept before these fills.
    }
stats-fall =
    { $same ->
        [1] Deepest fall: { $amount } on { $first }.
       *[other] Deepest fall: { $amount }, from { $first } to { $last }.
    }
stats-evens =
    { $count ->
        [one] { $count } trade brought exactly nothing: no win and no loss.
       *[other] { $count } trades brought exactly nothing: no wins and no losses.
    }
stats-few =
    { $count ->
        [one] <i>One trade: a rate says nothing yet.</i>
       *[other] <i>{ $count } trades: rates say little yet.</i>
    }
stats-other =
    { $count ->
        [one] In { $coin }: { $count } trade, { $pnl }
       *[other] In { $coin }: { $count } trades, { $pnl }
    }
stats-resets =
    { $count ->
        [one] <i>{ $count } close by a reset of practice is not counted.</i>
       *[other] <i>{ $count } closes by a reset of practice are not counted.</i>
    }
stats-legacy =
    { $count ->
        [one] <i>{ $count } trade of the old bot is not counted: nobody knows its size and fees.</i>
       *[other] <i>{ $count } trades of the old bot are not counted: nobody knows their sizes and fees.</i>
    }
stats-by-symbol = By symbol: trades, won, PnL
stats-by-side = By side: trades, won, PnL
stats-by-exit = By exit: closes, won, PnL
stats-more = and { $count } more
stats-exit =
    { $reason ->
        [manual] by hand
        [target] target
        [stop] stop
        [trailing] trailing stop
        [liquidation] liquidation
        [adl] ADL
        [settlement] settlement
        [reset] reset
        [emergency] no stop set
        [elsewhere] at Bybit
       *[unknown] not told
    }

closed-title = <b>Closed trades</b> · { $account }
closed-total =
    { $count ->
        [one] { $count } closed, PnL after all costs · times: { $zone }
       *[other] { $count } closed, PnL after all costs · times: { $zone }
    }
closed-none = Nothing was closed here yet. Once a position is closed, it stands here with what it brought. What was filled, here or at Bybit, stands under “Fills”.

export-title = <b>CSV files</b> · { $account }
export-about = For taxes and spreadsheets: fills, closed trades and funding, one file each. Times in UTC, amounts to the last digit. How much?
export-choice =
    { $period ->
        [month] { $back ->
            [0] This month
           *[other] Last month
        }
        [year] { $back ->
            [0] This year
           *[other] Last year
        }
       *[all] Everything
    }
export-begun = ⏳ The files are being made. If none comes within a few minutes, tap again.
export-under-way = Your last files are still being made: one at a time, please.
export-empty = There is nothing in that time: no fill, no closed trade, no funding.
export-done =
    { $count ->
        [one] ✅ { $count } file:
       *[other] ✅ { $count } files:
    }
export-rows =
    { $kind ->
        [fills] Fills: { $rows }
        [closed-trades] Closed trades: { $rows }
       *[funding] Funding: { $rows }
    }
export-failed = ⚠️ The files could not be sent. Nothing is lost: tap again.

truth-title = <b>Card truth</b> · { $account }
truth-none = No card of yours came to a fill in this month. Each card shows a price, a fee and a loss at the stop; here stands what became of them.
truth-entries =
    { $count ->
        [one] <b>Entries</b>: { $count } order filled
       *[other] <b>Entries</b>: { $count } orders filled
    }
truth-worst = Worst price of the card kept: { $kept } of { $known }
truth-price =
    { $kind ->
        [even] Filled at the price on the card ({ $count })
        [gain] Filled <b>{ $money }</b> better than the price on the card ({ $count })
       *[cost] Filled <b>{ $money }</b> worse than the price on the card ({ $count })
    }
truth-limits = Limit orders, which name their own price: { $count }
truth-price-unknown = Price on the card not kept: { $count }
truth-fees =
    { $kept ->
        [1] Fees to enter: at most { $said } said, <b>{ $paid }</b> paid
       *[other] ⚠️ Fees to enter: at most { $said } said, <b>{ $paid }</b> paid
    }
truth-fees-unknown = Fee on the card not kept: { $count }
truth-stops =
    { $all ->
        [1] <b>Stops</b>: { $held } of { $reached } held
       *[0] <b>Stops</b>: { $held } of { $reached } held; the others ended by liquidation or because no stop could be set
    }
truth-stop-price =
    { $kind ->
        [even] Closed at the stop’s price
        [gain] Closed <b>{ $money }</b> better than at the stop’s price
       *[cost] Closed <b>{ $money }</b> beyond the stop’s price
    }
truth-loss = Loss at the stop: { $said } said, <b>{ $came }</b> came; no worse than said: { $within } of { $count }
truth-moved = Not compared, as the stop was moved: { $count }
truth-loss-unknown = Not compared, as the card was not kept: { $count }
truth-exits =
    { $count ->
        [one] <b>Exits</b>: { $count }
       *[other] <b>Exits</b>: { $count }
    }
truth-exit-price =
    { $kind ->
        [even] At the price shown before ({ $count })
        [gain] <b>{ $money }</b> better than the price shown before ({ $count })
       *[cost] <b>{ $money }</b> worse than the price shown before ({ $count })
    }
truth-exit-unknown = No price was shown before, as for targets: { $count }

daily-title = <b>Daily report</b>
daily-about = One message a day: what was closed, best and worst, what stands, what slippage cost. None on days without a trade or a position. Choose an hour, or type <code>/stats daily 21</code>.
daily-now =
    { $on ->
        [1] It comes at <b>{ $hour }</b> ({ $zone }).
       *[other] It is off. Hours are yours: { $zone }.
    }
daily-set = ✅ From now on at { $hour } ({ $zone }).
daily-off = ✅ No daily report any more.
daily-hour = “{ $word }” is no hour. Try <code>/stats daily 21</code>, or <code>/stats daily off</code>.
button-daily =
    { $on ->
        [1] Daily: { $hour }
       *[other] Daily: off
    }
button-daily-off = Off
daily-report = 📊 <b>Your day</b> · { $since } – { $until } ({ $zone })
daily-result =
    { $count ->
        [one] { $arrow } <b>{ $pnl }</b> · { $count } trade, won { $wins }
       *[other] { $arrow } <b>{ $pnl }</b> · { $count } trades, won { $wins }
    }
daily-nothing-closed = Nothing was closed.
daily-best = Best { $best } · worst { $worst }
daily-open =
    { $count ->
        [0] Nothing stands open.
        [one] { $count } position open · { $pnl }
       *[other] { $count } positions open · { $pnl }
    }
daily-slippage =
    { $kind ->
        [even] Fills were at the prices shown.
        [gain] Fills were { $money } better than the prices shown.
       *[cost] Slippage cost you { $money }.
    }
