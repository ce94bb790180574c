## The PIN, roles, users, broadcasts, audit, reports, health.

command-ban = Ban a user by ID
command-unban = Let a user back in
command-pin = PIN: set, change, remove
pin-title = <b>PIN</b>
pin-about =
    Six digits that I ask for before acts that matter. You tap them; never type them.
    After five wrong tries it is locked for 15 minutes.
pin-none = You have none yet.
pin-guards-keys = It is asked for before a Bybit key is connected or removed.
pin-not-for-keys = It is not asked for before a Bybit key is connected or removed.
pin-enter = Your PIN:
pin-new = Choose a PIN, six digits:
pin-repeat = Once more, to be sure:
pin-first-needed = This needs a PIN, and you have none yet.
pin-needed = This needs your PIN. Please begin again.
pin-weak = That PIN is too easy to guess.
pin-differs = The two were not the same. Choose again:
pin-is-set = ✓ Your PIN is set.
pin-removed = ✓ Your PIN is removed.
pin-canceled = Canceled. Nothing was done.
pin-six-digits = A PIN has six digits.
pin-wrong =
    { $count ->
        [one] Wrong. { $count } try is left.
       *[other] Wrong. { $count } tries are left.
    }
pin-is-locked = ⛔ Too many wrong tries. Next try at { $time }. The owners know.
pin-forget-usage = Type the numeric ID: <code>/pin forget 1002</code>
pin-has-none = User { $user } has no PIN.
pin-forgotten-of = ✓ The PIN of user { $user } is removed. They choose a new one at the next act that needs it.
button-pin-set = Set a PIN
button-pin-change = Change
button-pin-remove = Remove
button-pin-back = ⌫
button-pin-guard-keys = Ask for it before keys change
button-pin-leave-keys = Don't ask before keys change
promise-pin-locked = ⛔ Five wrong PINs of user { $user }: their PIN is locked until { $until }.
promise-pin-forgotten = An owner removed your PIN. Choose a new one with /pin.

command-users = Users: search, filters, cards
command-grant = Give a license
command-role = Change a user's role
command-broadcast = A message to many
command-audit = Who did what
command-report = Figures, as text and picture
command-health = How the bot is doing

users-title =
    <b>{ $shown ->
        [day] Seen within 24 hours
        [week] Seen within 7 days
        [banned] Banned
        [trial] With Trial
        [basic] With Basic
        [premium] With Premium
        [expired] License ended
        [ending] License ends within 7 days
       *[all] All users
    }</b>
users-filter =
    { $shown ->
        [day] 24 h
        [week] 7 d
        [banned] Banned
        [trial] Trial
        [basic] Basic
        [premium] Premium
        [expired] Expired
        [ending] Ending
       *[all] All
    }
users-of-campaign = <b>From campaign #{ $campaign }</b>
users-found =
    { $count ->
        [one] <b>Found for “{ $typed }”:</b> { $count }
       *[other] <b>Found for “{ $typed }”:</b> { $count }
    }
users-none = Nobody.
users-line = { $number }. <b>{ $name }</b> · <code>{ $id }</code> · { $license } · seen { $age } ago{ $marks }
users-license =
    { $kind ->
        [trial] Trial until { $date }
        [basic] Basic until { $date }
       *[premium] Premium until { $date }
    }
users-license-ended = license ended { $date }
users-no-license = no license
users-mark-banned = banned
users-ask-find = Who? Send an ID, an @name, the beginning of a name, or <code>#12</code> for the people of campaign 12.
users-find-usage = Type an ID, an @name or the beginning of a name: <code>/users anna</code>, <code>/users #12</code>
button-users = Users
button-users-find = Find

user-name = <b>{ $name }</b>
user-banned-name = ⛔ <b>{ $name }</b> · banned
user-seen = Last seen { $age } ago
user-id = ID
user-role = Role
user-language = Language
user-zone = Time zone
user-first-seen = First seen
user-pin = Has a PIN
user-yes = yes
user-no = no
user-positions = Open positions
user-orders = Open orders
user-trades = Fills in 30 days
user-redemptions = Codes redeemed
user-payments = Payments
user-no-license = No license.
user-license-ended = License ended { $date }.
user-license = <b>{ $kind }</b> until { $date }
user-banked = then { $kind }, { $start } – { $end }
user-accounts = <b>Accounts</b>
user-account-paper = { $name }
user-account = { $name } · bybit.{ $host } · UID <code>{ $uid }</code>
user-no-errors = No errors of late.
user-errors = <b>Last errors</b> (find them in the log by these numbers)
user-error = <code>{ $reference }</code> · { $kind } · { $age } ago
button-user = User card
button-role = Role
button-user-redeem = Redeem a code for them
button-audit = Audit

deed-button =
    { $act ->
        [grant] Grant
        [extend] Extend
        [revoke] Revoke
        [ban] Ban
       *[unban] Unban
    }
deed-choose-time =
    { $act ->
        [extend] <b>Extend the license of { $name }.</b> By how much?
       *[grant] <b>Give { $name } a license.</b> Which, and for how long?
    }
deed-choose-role = <b>Role of { $name }</b> (now: { $role }). What should it be?
deed-time-button =
    { $kind ->
        [trial] Trial { $days } d
        [basic] Basic { $days } d
       *[premium] Premium { $days } d
    }
deed-ask-time = Type and days, please: <code>premium 45d</code>. To extend, the days will do: <code>45d</code>
deed-ask-reason =
    <b>{ $name }</b>: why? One line, up to 300 characters.
    It is kept for good: no names, IDs or keys in it.
deed-title =
    <b>{ $act ->
        [grant] Grant a license
        [extend] Extend the license
        [revoke] Revoke the license
        [ban] Ban
        [unban] Unban
       *[role] Change the role
    }</b>
deed-who = To: { $name } · <code>{ $id }</code>
deed-time =
    { $days ->
        [one] { $kind }, { $days } day
       *[other] { $kind }, { $days } days
    }
deed-starts = Starts { $date }, after what they have.
deed-until = Everything then ends { $date }.
revoke-line = { $mark } { $number }. <b>{ $kind }</b>, { $span } left · { $origin }
revoke-takes = Taken: { $span }.
revoke-leaves = What is left then goes until { $date }.
revoke-leaves-nothing = Nothing is left then.
revoke-nothing-chosen = Nothing is chosen: tap what is to be taken.
revoke-refund-instead = Paid time can go back with its Stars instead: [Refund].
button-grant = { $mark } { $number } · { $kind } · { $days } d
button-fewer-days = −{ $days } d
button-refund-payment = Refund payment { $number }
button-license-history = License history
button-payments-of = Payments
license-history-title = <b>License history</b> of { $name }
license-history-none = Nothing was given or taken yet.
license-origin =
    { $kind ->
        [promo] promo code
        [payment] paid
        [extension] extension
        [trial] trial
        [revocation] revoked
        [refund] refunded
        [correction] corrected
       *[grant] granted
    }
origin-payment = { $origin }, payment { $number }, { $stars }
origin-campaign = { $origin }, campaign #{ $number }
history-line = { $row }. { $date } · { $what } · { $origin }
history-note =     { $note }
history-given = +{ $days } d { $kind }
history-taken = the rest of row { $row }
history-taken-days = −{ $days } d of row { $row }
promise-desk-taken = { $span } of your license time were taken back. Reason: { $reason }
promise-desk-taken-all = Nothing of it is left. Practice stays free; positions, orders and stops at Bybit stay as they are.
promise-desk-left = What is left goes until { $date }.
promise-desk-questions = Questions: /paysupport
deed-role = Role: { $before } → { $role }
deed-reason = Reason: { $reason }
deed-confirm =
    { $act ->
        [grant] Yes, grant
        [extend] Yes, extend
        [revoke] Yes, revoke
        [ban] Yes, ban
        [unban] Yes, unban
       *[role] Yes, change the role
    }
deed-done = ✓ Done. They get a message.

desk-unknown-user = I know no user { $user }.
desk-not-yourself = You can't do that to yourself.
desk-not-above =
    { $role ->
        [owner] That can't be done to an owner here.
        [admin] Only an owner may do that to an admin.
        [support] Only an admin or an owner may do that to support.
       *[user] Your role does not allow that.
    }
desk-days-range = From 1 to { $most } days, please.
desk-nothing-to-revoke = They have no running license.
desk-nothing-to-extend = They have no running license: use /grant.
desk-ban-as-is =
    { $state ->
        [banned] They are banned already.
       *[free] They are not banned.
    }
desk-role-usage = Type the ID and the role: <code>/role 1002 support why</code>. Roles: <code>admin</code>, <code>support</code>, <code>user</code>.
desk-role-as-is = That is their role already: { $role }.
desk-usage =
    { $act ->
        [grant] Like this: <code>/grant 1002 premium 30d why</code>
        [extend] Like this: <code>/extend 1002 30d why</code>
        [revoke] Like this: <code>/revoke 1002 why</code>
        [ban] Like this: <code>/ban 1002 why</code>
        [unban] Like this: <code>/unban 1002 why</code>
       *[role] Like this: <code>/role 1002 support why</code>
    }
desk-time-usage = Like this: <code>premium 45d</code>
desk-reason-missing = A reason, please: one line.
promise-desk-granted =
    { $days ->
        [one] You were given <b>{ $kind }</b> for { $days } day. Your license now runs until { $date }.
       *[other] You were given <b>{ $kind }</b> for { $days } days. Your license now runs until { $date }.
    }
promise-desk-revoked = Your license was revoked. There are no new entries on it; positions, orders and stops at Bybit stay as they are.
promise-desk-role = Your role here is now: { $role }.

broadcast-ask-text = Send me the message the way people should see it: bold, links and all. I show it to you first.
broadcast-audience =
    { $count ->
        [one] ↑ Exactly so. It would go to <b>{ $count } person</b>. Who should get it?
       *[other] ↑ Exactly so. It would go to <b>{ $count } people</b>. Who should get it?
    }
broadcast-audience-empty = ↑ Exactly so. But there is nobody like that. Who should get it?
broadcast-license =
    { $kind ->
        [none] No license
        [trial] Trial
        [basic] Basic
        [premium] Premium
       *[any] Any license
    }
broadcast-every-language = All
broadcast-seen =
    { $when ->
        [week] Seen in 7 days
       *[ever] Seen at any time
    }
broadcast-title =
    <b>{ $state ->
        [done] Broadcast: done
        [stopped] Broadcast: stopped
       *[sending] Broadcast: being sent
    }</b>
broadcast-sent = Delivered
broadcast-blocked = Blocked me
broadcast-failed = Not delivered
broadcast-left = Still to go
broadcast-unreached = Not reached: { $ids }
broadcast-empty = There is no text in that.
broadcast-too-long = That is too long for one message.
broadcast-gone = That broadcast can't be changed any more. Begin again with /broadcast.
broadcast-nobody = There is nobody like that any more.
broadcast-not-running = It is not being sent any more.
button-broadcast-send =
    { $count ->
        [one] Send to { $count } person
       *[other] Send to { $count } people
    }
button-broadcast-stop = Stop
promise-broadcast-done =
    { $count ->
        [one] ✓ Your broadcast is done: delivered to { $count } person, blocked { $blocked }, not delivered { $failed }.
       *[other] ✓ Your broadcast is done: delivered to { $count } people, blocked { $blocked }, not delivered { $failed }.
    }

audit-title = <b>Audit</b>, newest first · { $zone }
audit-title-of = <b>Audit of user { $user }</b>, newest first · { $zone }
audit-none = Nothing here.
audit-everything = All
audit-area =
    { $area ->
        [promo] Promo
        [license] Licenses
        [payment] Payments
        [user] Users
        [role] Roles
        [pin] PIN
        [broadcast] Mailings
        [desk] Denied
        [support] Support
        [terms] Terms
        [key] Keys
        [limits] Limits
        [entries] Entries
       *[owner] Owner
    }
audit-action =
    { $action ->
        [broadcast-done] broadcast done
        [broadcast-send] broadcast sent
        [broadcast-stop] broadcast stopped
        [desk-denied] command denied
        [entries-halt] entries stopped for everybody
        [entries-unhalt] entries open again
        [key-attach] key connected
        [key-lost] key lost with the key file
        [key-remove] key removed
        [key-replace] key replaced
        [license-extend] license extended
        [license-grant] license granted
        [license-revoke] license revoked
        [license-trial] trial started
        [limits-loosen] limits loosened
        [limits-take-back] change of limits taken back
        [limits-tighten] limits tightened
        [owner-claim] owner claimed
        [payment-restore-accept] a restored copy accepted
        [payment-charged-back] payment taken back by Telegram
        [payment-credit] payment credited
        [payment-stop] monthly payments stopped
        [payment-resume] monthly payments resumed
        [payment-refund] refund asked for
        [payment-refunded] payment refunded
        [payment-unclaimed] payment not credited
        [pin-change] PIN changed
        [pin-forget] PIN removed
        [pin-keys-off] PIN off for keys
        [pin-keys-on] PIN on for keys
        [pin-locked] PIN locked
        [pin-set] PIN set
        [promo-create] campaign created
        [promo-edit] campaign changed
        [promo-pause] campaign paused
        [promo-redeem] code redeemed for a user
        [promo-redeemers] redeemers viewed
        [promo-resume] campaign opened again
        [promo-undo] campaign called back
        [promo-undo-ask] call-back asked for
        [promo-view] codes viewed
        [role-set] role changed
        [support-close] thread closed
        [support-open] thread opened
        [terms-accept] terms accepted
        [user-ban] user banned
        [user-forget] user erased
        [user-forget-asked] erasure asked for
        [user-forget-taken-back] erasure taken back
        [user-unban] user unbanned
       *[other] { $name }
    }
audit-line = #{ $number } · { $time } · <b>{ $action }</b> · by { $actor }
audit-subject = → to { $subject }
audit-details = <i>{ $details }</i>
audit-bot = the bot
audit-erased = erased account { $name }
audit-usage = Like this: <code>/audit</code>, <code>/audit license</code>, <code>/audit 1002</code>. Areas: { $areas }.
button-audit-newest = Newest
button-audit-older = Older ›
button-audit-everybody = About everybody

report-caption = When people were seen, running licenses, income by month (on top: given back), how far promo codes led. The same in numbers is below.
report-title = <b>Report</b> · { $date }
report-users = <b>Users</b>
report-all = All
report-active = Seen in { $days } d
report-licenses = <b>Licenses running now</b>
report-ending = Ending in { $days } d
report-income = <b>Income by month</b>, Stars (on the right: given back)
report-no-income = No payments in a year.
report-funnel = <b>Promo codes</b>, the newest campaigns
report-no-promo = No campaigns yet.
report-campaign = { $title }: opened { $opened } → redeemed { $redeemed } → keys { $connected } → traded { $traded } → paid { $paid }
report-traders = <b>Top traders</b>, realized PnL in 30 days, fees included
report-no-traders = No fills yet.
report-trader = { $name } · <code>{ $id }</code> · { $pnl } · fills: { $fills }

health-title = <b>Perpdesk { $version }</b> · schema { $schema }
health-ready = ✓ Ready.
health-not-ready = ⛔ Not ready:
health-reason = • { $reason } (for { $age })
health-telegram = <b>Telegram</b>
health-bybit = <b>Bybit</b>
health-cache = <b>Cache</b>, share of reads answered from memory
health-region =
    { $region ->
        [user_config] Settings
        [license] Licenses
        [credentials] Keys
        [balance] Balances
        [position] Positions
        [order] Orders
        [market_data] Market
        [price] Prices
        [symbol_info] Symbols
        [api_response] Bybit's answers
       *[other] { $region }
    }
health-millis = { $millis } ms
health-poll-age = Last poll
health-updates = Updates waiting
health-promises = Messages waiting
health-limited = Limited by Telegram
health-banned = Calls paused
health-calls = Calls waiting
health-clients = Clients
health-skew = Clock difference
