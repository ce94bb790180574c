## Telegram Stars: prices, invoices, receipts, refunds.

command-subscribe = Buy a license with Telegram Stars
command-payments = Payments and refunds

subscribe-title = <b>Buy a license</b>
subscribe-nothing = Nothing is sold on this bot. Practice is free; a trial or a promo code opens Bybit Demo.
subscribe-live-off = Today a license opens Bybit Demo. Live trading is switched off on this bot and is no part of it.
subscribe-type =
    { $kind ->
        [basic] <b>Basic</b>
       *[premium] <b>Premium</b>
    }
subscribe-months =
    { $months ->
        [one] { $months } month
       *[other] { $months } months
    }
subscribe-two = 2 × means two invoices of half that time each: Telegram takes 25,000 ⭐ at most at once. Pay both, in any order.
subscribe-how = The days are added to what you have. Lower types wait in the bank while a higher one runs. Questions and refunds: /paysupport
subscribe-begins = Begins { $date }, after what you have.
button-choice =
    { $kind ->
        [basic] Basic
       *[premium] Premium
    } { $months } mo
button-my-payments = My payments
button-monthly = Monthly
monthly-title = <b>Monthly, renews by itself</b>
monthly-runs = <b>{ $kind }</b>: { $stars } each 30 days, the next time { $date }.
monthly-stopped = <b>{ $kind }</b>: stopped. What is paid lasts; nothing is charged { $date }.
monthly-how = Telegram charges the Stars every 30 days, until you stop it here or in Telegram's settings. Each payment adds 30 days to what you have and comes with a receipt.
monthly-link = <b>{ $kind }</b> for { $stars } each 30 days. The button opens Telegram's payment.
button-monthly-start = { $kind } · { $stars } a month
button-monthly-stop = Stop { $kind }
button-monthly-resume = Renew { $kind } again
button-monthly-pay = Pay { $stars } a month
renewal-over = That renewal is over. /subscribe starts a new one.
renewal-unchanged = Telegram did not take that just now, so nothing was changed. Please try again in a minute.
button-older = Older ›
button-payments = All payments
invoice-title =
    { $days ->
        [one] { $kind ->
            [basic] Basic
           *[premium] Premium
        }, { $days } day
       *[other] { $kind ->
            [basic] Basic
           *[premium] Premium
        }, { $days } days
    }
invoice-part = { $title } ({ $number } of { $count })
invoice-description =
    { $days ->
        [one] { $days } day of { $kind ->
            [basic] Basic
           *[premium] Premium
        }, added to what this Telegram account has. The invoice is good for 24 hours and for you alone.
       *[other] { $days } days of { $kind ->
            [basic] Basic
           *[premium] Premium
        }, added to what this Telegram account has. The invoice is good for 24 hours and for you alone.
    }

pay-not-sold = That is no longer on the list. /subscribe shows what is.
pay-refused-banned = You can't use this bot, so nothing was charged.
pay-refused-unknown = I don't know this invoice any more. Send /subscribe for a new one; nothing was charged.
pay-refused-other = This invoice was made for somebody else. Send /subscribe for your own; nothing was charged.
pay-refused-price = The price does not match this invoice. Send /subscribe for a new one; nothing was charged.
pay-refused-paid = This invoice is paid already. Send /subscribe if you want more time; nothing was charged.
pay-refused-expired = This invoice is over 24 hours old. Send /subscribe for a new one; nothing was charged.
pay-refused-under-way = A payment of this invoice is under way already. Wait a minute, its receipt comes here; nothing more was charged.
pay-refused-busy = I could not check this invoice just now. Please try again in a minute; nothing was charged.

my-payments-title = <b>My payments</b>
my-payments-help = Questions and refunds: /paysupport
payments-title = <b>Payments</b>
payments-none = None.
payments-of-title = <b>Payments of</b> <code>{ $user }</code>
payments-of-total = Kept: { $kept } · given back: { $returned }
payments-filter =
    { $which ->
        [unclaimed] Not credited
        [refund_asked] Going back
        [refunded] Refunded
        [charged_back] Taken back
       *[all] All
    }
payments-usage = Like this: <code>/payments</code>, <code>/payments 12</code>, <code>/payments user 1001</code> or <code>/payments refund 12 paid by mistake</code>
payment-line = #{ $number } · { $date } · { $what } · { $stars } · { $status }
payment-line-of = #{ $number } · { $date } · <code>{ $user }</code> · { $what } · { $stars } · { $status }
payment-title = <b>Payment { $number }</b>
payment-of = User: <code>{ $user }</code>
payment-paid = Paid: { $stars }, { $date }
payment-for = For: { $what }
payment-nothing = nothing credited
payment-status = State: { $status }
payment-state =
    { $status ->
        [refund_asked] going back
        [refunded] refunded
        [charged_back] taken back by Telegram
        [unclaimed] not credited, going back
       *[completed] credited
    }
payment-unused = Not used yet: { $span }
payment-reason = Reason: { $reason }
payment-trouble =
    { $attempts ->
        [one] Telegram has not given it back after { $attempts } try: { $said }
       *[other] Telegram has not given it back after { $attempts } tries: { $said }
    }
payment-settled = Back since: { $date }
payment-charge = Charge: <code>{ $charge }</code>
payment-unknown = There is no payment { $number }.
button-refund = Refund
button-refund-now = Refund now
button-reason-typed = Another reason
reason-wish = The user asked for it
reason-mistake = Paid by mistake
reason-trouble = The service did not work
refund-why = <b>Refund payment { $number }</b>, { $stars }: why?
refund-type-reason = Type the reason for refunding payment { $number }.
refund-ask = <b>Give { $stars } back to <code>{ $user }</code>?</b>
refund-takes = It was for: { $what }. Taken back: what is not used yet, { $span }.
refund-asked = { $stars } are on their way back to <code>{ $user }</code>. I tell you and the user when Telegram has done it.
refund-not-open = Payment { $number } can't be refunded: it went back already, is on its way, or its user is gone.
refund-reason = A refund needs a reason of 1 to { $limit } characters.
button-refund-second = Refund the second
refund-second-ask = <b>Give { $stars } back?</b> Payment { $number } was the second one of the same invoice. What it paid for goes with it: { $what }. The first payment stays.
refund-second-asked = ✓ { $stars } are on their way back to you. I tell you when Telegram has done it.
refund-second-used = The time of payment { $number } is running already, so I can't give it back by myself. /paysupport asks the people behind the bot.
button-older-charges = Show them
older-title = <b>Payments from before this database</b>
    Neither credited nor refunded: what they were for is not known here.
older-line = { $date } · <code>{ $user }</code> · { $stars }
    <code>{ $charge }</code>
promise-payment-older-owner =
    { $count ->
        [one] ⚠️ Telegram knows { $count } payment, { $stars }, from before this database. It was left alone: neither credited nor refunded. If a copy should have been restored here, stop the bot and restore it.
       *[other] ⚠️ Telegram knows { $count } payments, { $stars } in all, from before this database. They were left alone: neither credited nor refunded. If a copy should have been restored here, stop the bot and restore it.
    }
unclaimed-why =
    { $why ->
        [other-payer] the invoice was made for somebody else
        [other-amount] the amount does not match the invoice
        [banned] the account is banned
       *[unknown-offer] no such invoice
    }

promise-payment-receipt =
    { $days ->
        [one] ✓ <b>Paid: { $stars }</b>, payment { $number }. { $days } day of { $kind ->
            [basic] Basic
           *[premium] Premium
        } is yours; with what you had, your license ends { $date }.
       *[other] ✓ <b>Paid: { $stars }</b>, payment { $number }. { $days } days of { $kind ->
            [basic] Basic
           *[premium] Premium
        } are yours; with what you had, your license ends { $date }.
    }
    Charge: <code>{ $charge }</code>
promise-payment-receipt-again =
    { $days ->
        [one] ✓ <b>The same invoice was paid once more: { $stars }</b>, payment { $number }. Another { $days } day of { $kind ->
            [basic] Basic
           *[premium] Premium
        } is yours; with all you have, your license ends { $date }. If you did not want that, give it back.
       *[other] ✓ <b>The same invoice was paid once more: { $stars }</b>, payment { $number }. Another { $days } days of { $kind ->
            [basic] Basic
           *[premium] Premium
        } are yours; with all you have, your license ends { $date }. If you did not want that, give it back.
    }
    Charge: <code>{ $charge }</code>
receipt-begins = These days begin { $date }, after what you have.
promise-payment-unclaimed = Your payment of { $stars } could not be credited: { $why }. The Stars are on their way back to you; nothing is needed from you.
promise-payment-unclaimed-admin = ⚠️ Payment { $number } of <code>{ $user }</code>, { $stars }, could not be credited: { $why }. It goes back by itself.
promise-payment-returned = ↩ <b>{ $stars } went back to you</b> (payment { $number }). What was left of the days it paid for is gone with it; everything else of your license stays.
promise-payment-returned-admin = ↩ Payment { $number }: { $stars } went back to <code>{ $user }</code>.
promise-payment-charged-back-admin = ⚠️ Payment { $number }: Telegram took { $stars } back for <code>{ $user }</code>. The unused days are taken, too.
promise-payment-stuck-admin = ⚠️ Telegram refuses to refund payment { $number } ({ $stars }, <code>{ $user }</code>): { $said }. I go on trying; please look.
