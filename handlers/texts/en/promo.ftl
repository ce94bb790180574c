## Promo codes: redeeming them, and the admins' side.

command-redeem = Redeem a promo code
command-promo = Promo codes: make, watch, pause

month-short =
    { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    }
promo-gift =
    { $days ->
        [one] { $days } day of { $kind }
       *[other] { $days } days of { $kind }
    }

redeem-ask = Send me your promo code.
redeem-before = You have redeemed:
redeem-before-line = { $at }: { $gift }, until { $until }
redeem-offer = 🎁 <b>This code adds { $gift }.</b>
redeem-starts-now = They start now and last until { $until }.
redeem-starts-after = They start after { $start } and last until { $until }.
redeem-done = ✓ Added: { $gift }, until { $until }.
redeem-used = You used it on { $at }: { $gift }, until { $until }.
redeem-not-valid = This code is not valid, or no longer valid. If it should be, check each letter; spaces, dashes and capitals make no difference.
redeem-refused =
    { $reason ->
        [used-up] This code is used up: it was for a fixed number of people, and all of them have redeemed it.
        [ended] This code could be redeemed until { $date }.
        [paused] This code is paused for the moment. Please try again later.
        [early] This code can be redeemed from { $date } on.
        [another-used] Another code of this campaign was redeemed before, and each person may redeem one.
       *[called-back] This code was called back.
    }
redeem-too-many = Too many tries. Next at { $time }.
redeem-too-many-admin =
    { $count ->
        [one] That was { $count } wrong code in 15 minutes, which is an admin's limit. Next at { $time }.
       *[other] Those were { $count } wrong codes in 15 minutes, which is an admin's limit. Next at { $time }.
    }
redeem-is-it-a-code = Is <code>{ $code }</code> a promo code?
redeem-suggestion = Some letters are Cyrillic. Did you mean <code>{ $code }</code>?
redeem-for-offer = 🎁 <b>For user { $user }: { $gift }.</b>
redeem-for-done = ✓ User { $user } has { $gift } more, until { $until }. I told them.
redeem-for-used = User { $user } used it on { $at }: { $gift }, until { $until }.
redeem-for-usage = Type the code and the numeric ID: <code>/promo redeem SPRING26 12345</code>
redeem-for-ask = Send me the code for user { $user }.
button-redeem = Redeem
button-use-it = Use it
button-ask-support = Ask support

promo-title = <b>Promo codes</b>
promo-hint = What should the new code give? In one line, too: <code>/promo new premium 30d max=100 until=2026-12-31</code>, and if you like <code>code=SPRING26 count=500 from=2026-11-01 note=…</code>
promo-ask-days = { $kind }: for how many days?
promo-ask-uses = { $gift }: how many people may use it?
promo-days =
    { $days ->
        [one] { $kind } { $days } day
       *[other] { $kind } { $days } days
    }
promo-uses =
    { $uses ->
        [one] { $uses } use
       *[other] { $uses } uses
    }
promo-codes =
    { $count ->
        [one] { $count } code
       *[other] { $count } codes
    }
promo-once = one a person
promo-repeat = several a person
promo-from = from { $date }
promo-until = until { $date }
promo-endless = without an end
promo-new = <b>New promo code</b>
promo-own = Code: <code>{ $code }</code>
promo-note = Note: { $note }
promo-unsaid =
    { $option ->
        [max] The number of uses was left out, so it is one: <code>max=100</code>
       *[until] The end was left out, so it is in 90 days: <code>until=2026-12-31</code> or <code>until=never</code>
    }
promo-line = Another way? Change this line and send it: <code>{ $line }</code>
promo-sure = ⚠️ <b>That is a lot.</b> Do you mean it?
promo-making =
    { $count ->
        [one] ⏳ Making { $count } code: { $done } done
       *[other] ⏳ Making { $count } codes: { $done } done
    }
promo-created = ✓ Campaign #{ $campaign } is open.
promo-csv-caption = Campaign #{ $campaign }: its codes and links
promo-shown = Campaign #{ $campaign }
promo-link = Link: { $link }
promo-forward = 🎁 { $gift } in Perpdesk, the bot for your Bybit account! Open { $link } and tap Redeem, or send <code>/redeem { $code }</code> to @{ $bot }.
promo-forward-until = Good until { $date }.
promo-list-empty = No campaign yet.
promo-list-line = #{ $campaign } { $mark } { $gift }: { $uses }/{ $capacity }
promo-card-title = <b>Campaign #{ $campaign }</b> { $mark }
promo-state =
    { $state ->
        [active] It is open.
        [paused] It is paused: nobody can redeem it.
        [early] It has not begun yet.
        [over] Its time is over.
        [full] It is used up.
       *[undone] It was called back.
    }
promo-by = Made { $date } by { $user }.
promo-by-nobody = Made { $date }.
promo-undo-waits = { $user } asked to call it back on { $date }.
promo-funnel-opened = Opened
promo-funnel-redeemed = Redeemed
promo-funnel-connected = Connected keys
promo-funnel-traded = Traded
promo-funnel-paid = Paid
promo-as-of = <i>As of { $date }</i>
promo-edit-title = <b>Change campaign #{ $campaign }</b>
promo-edit-ask = What should change? <code>max=200</code>, <code>until=2026-12-31</code>, <code>until=never</code>, <code>note=…</code>, one or several.
promo-edit-before = Now: { $terms }
promo-edit-after = Then: { $terms }
promo-edit-no-note = The note goes.
promo-edit-more = That allows more than before, so I will ask for your PIN.
promo-edit-usage = Like this: <code>/promo edit 12 max=200 until=2026-12-31 note=spring</code>, or <code>until=never</code>. Type and days stay as they are.
promo-edit-past = That day is over. To end it now, pause it.
promo-edit-same = Campaign #{ $campaign } is like that already.
promo-edit-used = One of its codes was redeemed { $uses } times: <code>max=</code> can't be less.
promo-redeemers = <b>Who redeemed codes of campaign #{ $campaign }</b>
promo-redeemers-none = Nobody yet.
promo-redeemer = { $at } · { $name } · <code>{ $user }</code> · { $state }
promo-redeemer-erased = { $at } · erased account · <code>{ $pseudonym }</code>
promo-redeemer-by-admin = by an admin
promo-redeemer-state =
    { $state ->
        [active] { $left } left
        [called-back] called back
       *[over] nothing left
    }
promo-pinned = ✓ Pinned. I bring it up to date every hour.
promo-not-pinned = Telegram would not pin it. The card stands above.
promo-undo-title = <b>Call back campaign #{ $campaign }?</b>
promo-undo-what =
    { $people ->
        [one] { $people } person loses { $span } in all that is not used yet. What was paid stays. They are told.
       *[other] { $people } people lose { $span } in all that is not used yet. What was paid stays. They are told.
    }
promo-undo-nobody = Nobody has anything left of it, so nobody loses anything. The code ends for good.
promo-undo-more = … and others with less
promo-undo-ask = More than 15 minutes have passed since you made it, so a second admin has to agree; if there is no other one, 24 hours have to pass.
promo-undo-ask-other = Another admin made it, so two of you have to agree; if there is no other one, 24 hours have to pass.
promo-undo-agree = { $user } asked for it. If you agree, it is called back at once.
promo-undo-wait-admin = You asked for it. Now another admin has to agree: <code>/promo undo { $campaign }</code>
promo-undo-wait = You asked for it, and you are the only admin: it can be done from { $date } on.
promo-undo-asked = ✓ Noted. It holds for seven days.
promo-undoing = ⏳ Calling back: { $done } done
promo-undone-done = ✓ Campaign #{ $campaign } is called back, and everybody concerned is told.

promo-bad-type = I know <code>trial</code>, <code>basic</code> and <code>premium</code>, not “{ $word }”.
promo-bad-days = Days have to be a whole number from 1 to { $most }: <code>30d</code>
promo-bad-uses = Uses have to be a whole number from 1 to { $most }: <code>max=100</code>
promo-bad-count = Codes have to be a whole number from 1 to { $most }: <code>count=500</code>
promo-bad-date = A date, please, as in <code>until=2026-12-31</code>; it is read in UTC.
promo-until-past = It would end before it begins. Take a later <code>until=</code>.
promo-own-code = A code of your own has { $shortest } to { $longest } letters A–Z and digits.
promo-own-code-once = A code of your own is one code: leave out <code>count=</code> or <code>code=</code>.
promo-code-taken = There is a code already that reads the same (O is 0, I and L are 1). Take another one.
promo-new-usage = Like this: <code>/promo new premium 30d max=100 until=2026-12-31 code=SPRING26 note=spring</code>. Only type and days are needed; also <code>count=500</code>, <code>from=2026-11-01</code>, <code>until=never</code>, <code>repeat=yes</code>.
promo-usage = Like this, with the campaign's number: <code>/promo card 12</code>. Instead of <code>card</code>: <code>show</code>, <code>codes</code>, <code>used</code>, <code>edit</code>, <code>pause</code>, <code>resume</code>, <code>undo</code>. Others: <code>new</code>, <code>list</code>, <code>redeem</code>.
promo-unknown = There is no campaign #{ $campaign }. /promo lists them.
promo-undone = Campaign #{ $campaign } was called back; it stays so.
promo-unknown-user = I know no user { $user }: they have to send /start first.
promo-used-before-forget = This Telegram account used a code of this campaign before its data was erased; each person has one.

button-promo-days = { $days } d
button-promo-create = Create
button-promo-sure = Yes, create it
button-promo-list = Campaigns
button-promo-all = All
button-promo-running = Open ones
button-promo-new = New code
button-promo-open = Card
button-promo-show = Show code
button-promo-csv = Codes as a file
button-promo-qr = QR picture
button-promo-text = Text: { $language }
button-promo-copy-link = Copy link
button-promo-pause = Pause code
button-promo-resume = Open again
button-promo-undo = Call back …
button-promo-undo-ask = Ask for it
button-promo-undo-now = Call back now
button-promo-pin = Pin this card
button-promo-redeemers = Who used it
button-promo-redeemers-file = As a file
button-promo-newest = Newest
button-promo-older = Older ›
button-promo-edit = Change …
button-promo-change = Change it

promise-promo-given =
    { $days ->
        [one] 🎁 You were given { $days } day of { $kind } by a promo code, until { $date }.
       *[other] 🎁 You were given { $days } days of { $kind } by a promo code, until { $date }.
    }
promise-promo-taken = A promo campaign that you used was called back. The { $span } of { $kind } that were left of it are gone; whatever you paid for stays.
promise-promo-used = 📣 Campaign #{ $campaign } ({ $terms }) is { $percent }% used: { $uses } of { $capacity }.
promise-promo-large = 📣 Admin { $admin } opened or enlarged campaign #{ $campaign } ({ $terms }), which gives that to as many as { $capacity } people.
promise-promo-fast =
    { $count ->
        [one] ⚠️ Campaign #{ $campaign } ({ $terms }) runs at ten times its usual pace: { $count } redemption this hour. Did the code leak?
       *[other] ⚠️ Campaign #{ $campaign } ({ $terms }) runs at ten times its usual pace: { $count } redemptions this hour. Did the code leak?
    }
promise-promo-guessing =
    { $count ->
        [one] ⚠️ Somebody may be guessing promo codes: { $count } wrong try within a minute. Each person has five tries in 15 minutes.
       *[other] ⚠️ Somebody may be guessing promo codes: { $count } wrong tries within a minute. Each person has five tries in 15 minutes.
    }
promise-promo-undo-asked = An admin asks to call back campaign #{ $campaign } ({ $terms }), used { $uses } times. If you agree: <code>/promo undo { $campaign }</code>
