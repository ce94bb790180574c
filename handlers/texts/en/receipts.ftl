## Receipts: an order from its tap to its last fill.

command-receipt = How your last order went, to the millisecond
button-receipt = 🧾 Receipt
button-receipt-copy = Copy the IDs for support
receipt-title = 🧾 <b>Receipt</b> · { $symbol } · { $account }
receipt-what =
    { $kind ->
        [entry] Entry · { $side } { $size }
        [target] Target { $number } · { $side } { $size }
        [close] Close · { $side } { $size }
        [reduce] Part closed · { $side } { $size }
        [by-stop] Stop · { $side } { $size }
        [by-target] Target · { $side } { $size }
        [by-trailing] Trailing stop · { $side } { $size }
        [by-liquidation] 🔥 Liquidation · { $side } { $size }
        [by-adl] ADL, by the exchange · { $side } { $size }
        [by-settlement] Settlement, by the exchange · { $side } { $size }
        [by-reset] Practice reset · { $side } { $size }
        [by-emergency] Emergency close · { $side } { $size }
       *[elsewhere] Placed elsewhere · { $side } { $size }
    }
receipt-whole = all of it
receipt-state =
    { $state ->
        [intent] ⏳ Not sent yet.
        [sending] ⏳ Sent; no answer yet.
        [acknowledged] ⏳ Accepted; not filled yet.
        [untriggered] ⏳ Waits for its price.
        [open] ⏳ Rests at the exchange.
        [partially_filled] ⏳ Filled in part; the rest waits.
        [counting] ⏳ Filled; the fills are still being counted.
        [filled] ✅ Filled.
        [part] ✅ Filled in part; the rest was canceled.
        [canceled] Canceled, nothing was filled.
        [rejected] ⛔ Refused by the exchange.
        [refused] ⛔ Refused by the exchange.
        [unknown] ⏳ Nobody knows yet what became of it. I keep asking; nothing is sent twice.
        [not_placed] It never reached the exchange.
        [abandoned] It was never sent.
       *[other] Done.
    }
receipt-reason =
    { $code ->
        [0] { $reason }
       *[other] { $reason } Code { $code }.
    }
receipt-step =
    { $step ->
        [tapped] tap
        [written] written down
        [placed] placed
        [sent] sent
        [unknown] no answer
        [settled] known again
        [accepted] accepted
        [filled] filled { $size }
        [stop-seen] stop seen
        [target] target { $number } filled
       *[ended] over
    }
receipt-more-fills =
    { $count ->
        [one] … { $count } fill more
       *[other] … { $count } fills more
    }
receipt-millis = +{ $wait } ms
receipt-seconds = +{ $wait } s
receipt-average = Average price: <b>{ $price }</b>
receipt-slippage =
    { $way ->
        [none] Slippage: none, filled at { $price } as shown.
        [worse] Slippage: <b>{ $money }</b> ({ $share }) worse than { $price }, as it was shown.
       *[better] Slippage: <b>{ $money }</b> ({ $share }): better than { $price }, as it was shown.
    }
receipt-fees = Fees: { $fees }
receipt-result = Result after all fees: <b>{ $pnl }</b>
receipt-no-fills = Its single fills are not kept any more.
receipt-unknown =
    { $settled ->
        [1] The answer to it was lost. The exchange was asked about it { $count ->
            [0] until it was known
            [one] once
           *[other] { $count } times
        }, by its ID; nothing was sent twice.
       *[other] The answer to it was lost. I ask the exchange about it by its ID (answers so far: { $count }).
    }
receipt-not-ours =
    { $who ->
        [exchange] The exchange did this by itself: there was no tap here.
        [somebody] The exchange did this by itself, or you did it elsewhere: there was no tap here.
       *[other] It was not placed from here: what the exchange said of it is all I know.
    }
receipt-request-id = Bybit’s request ID: <code>{ $id }</code>
receipt-order-id = Order ID: <code>{ $id }</code>
receipt-link-id = My ID (orderLinkId): <code>{ $id }</code>
receipt-clock = Clock: { $zone }. Fills are dated by the exchange, all else by me.
receipt-nothing = 🧾 Of that order in { $account } I keep nothing any more, or I was never told of it. Its ID, for the exchange’s support: <code>{ $order }</code>
receipt-none =
    { $known ->
        [0] No order has gone out from that account yet.
       *[other] No order in { $symbol } has gone out from here.
    }
receipt-before =
    { $kind ->
        [target] ◀ Target { $number }
        [entry] ◀ Entry
       *[other] ◀ Close
    }
receipt-after =
    { $kind ->
        [target] Target { $number } ▶
        [entry] Entry ▶
       *[other] Close ▶
    }
