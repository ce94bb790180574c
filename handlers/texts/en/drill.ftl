## The drill: practice without me for a minute.

command-drill = A minute without me, on practice
button-drill = Drill
button-drill-start = Start: 60 seconds
button-drill-stop = Stop the drill
button-drill-last = The last drill
button-drill-again = Another drill
button-drill-page = What happened
drill-ask =
    <b>Drill</b> · { $account }
    For { $seconds } seconds I look away from your practice account: nothing is managed, the practice exchange goes on at Bybit’s prices. Then I catch up and show what it did alone.
    The same minute is played on a copy with a market that moves, past your target and past your stop, so that nothing of your practice is lost. Demo and live are not touched; /panic and closes work all the while and end the drill.
drill-runs =
    🚧 <b>Drill</b> · { $account }
    I do not look at practice until { $time }. The practice exchange is alone with your stops and targets. I write when it is over; an order of yours ends it at once.
drill-title = <b>Drill</b> · { $account } · { $time }
drill-ended =
    { $how ->
        [stopped] You stopped it.
        [order] An order of yours ended it: nobody waits for a drill.
       *[time] For 60 seconds the exchange was alone.
    }
drill-real = <b>Your account, at real prices</b>
drill-nothing-fired = Nothing fired: no price reached a stop, a target or an order.
drill-fill = • { $side } { $size } at { $price }
drill-real-caught-up =
    { $count ->
        [0] Nothing had to be caught up.
        [one] Caught up by me afterwards: { $count } request.
       *[other] Caught up by me afterwards: { $count } requests.
    }
drill-value = { $arrow } Value of the account: { $change }
drill-scripted = <b>The same minute in a moving market, on a copy</b>
drill-alone = <i>The exchange alone:</i>
drill-managed = <i>With me:</i>
drill-caught-up = <i>Still done by me after the minute alone:</i>
drill-no-steps = • nothing
drill-more =
    { $count ->
        [one] • … and { $count } more
       *[other] • … and { $count } more
    }
drill-step =
    { $event ->
        [entry] • { $time } entry: { $side } { $size } at { $price }
        [target] • { $time } target: { $side } { $size } at { $price }
        [stop] • { $time } stop: { $side } { $size } at { $price }
        [liquidation] • { $time } 🔥 liquidation: { $side } { $size } at { $price }
        [closed] • { $time } closed: { $side } { $size } at { $price }
        [breakeven] • { $time } { $name }: the stop goes to breakeven, { $price }
        [stop-set] • { $time } { $name }: stop set at { $price }
        [canceled] • { $time } { $name }: an order canceled
       *[order-placed] • { $time } { $name }: order set{ $priced ->
            [1] { " " }at { $price }
           *[other] { "" }
        }
    }
drill-results = Result alone: <b>{ $alone }</b>; with me: <b>{ $managed }</b>. I was worth { $difference } here.
drill-over =
    { $how ->
        [order] 🚧 <b>The drill is over</b>: an order of yours ended it.
       *[time] 🚧 <b>The drill is over.</b>
    } At real prices the exchange executed { $fills ->
        [0] nothing
        [one] { $fills } time
       *[other] { $fills } times
    } without me; { $count ->
        [0] nothing had to be caught up
        [one] { $count } thing was caught up
       *[other] { $count } things were caught up
    }. In a moving market: { $alone } alone, { $managed } with me.
drill-nothing = Nothing stands in your practice account, so there is nothing to drill. [Buy BTC $100] of /start is one tap away.
drill-running = A drill is running already. /drill shows it.
drill-none = No drill is running.
drill-words = Try <code>/drill</code>, <code>/drill now</code>, <code>/drill stop</code> or <code>/drill last</code>.
