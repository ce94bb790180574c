## The PIN, roles, users, broadcasts, audit, reports, health.

command-pin = PIN: set, change, remove
pin-title = <b>PIN</b>
pin-about =
    Six digits that I ask for before acts that matter. You tap them; never type them.
    After five wrong tries it is locked for 15 minutes.
pin-none = You have none yet.
pin-guards-keys = It is asked for before Bybit keys are attached or removed.
pin-not-for-keys = It is not asked for before Bybit keys are attached or removed.
pin-enter = Your PIN:
pin-new = Choose a PIN, six digits:
pin-repeat = Once more, to be sure:
pin-first-needed = This needs a PIN, and you have none yet.
pin-weak = That one is too easy to guess.
pin-differs = The two were not the same. Choose again:
pin-is-set = ✓ Your PIN is set.
pin-removed = ✓ Your PIN is removed.
pin-canceled = Left. Nothing was done.
pin-six-digits = A PIN has six digits.
pin-wrong =
    { $count ->
        [one] Wrong. { $count } try is left.
       *[other] Wrong. { $count } tries are left.
    }
pin-is-locked = ⛔ Too many wrong tries. Next try at { $time }. The owners were told.
pin-forget-usage = Type the numeric id: <code>/pin forget 1002</code>
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
