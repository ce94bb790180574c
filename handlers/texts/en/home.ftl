## The first message, the menu, help, language, and answers to what was not understood.

command-start = Start
command-menu = Everything in one tap
command-help = What I can do
command-cancel = Cancel the bot's question
command-lang = English, Русский, Українська

welcome-hi = Hi { $name }.
welcome-hi-nameless = Hi.
welcome-money = You have <b>{ $money }</b> of practice money.
welcome-money-again = Your practice account is worth <b>{ $money }</b>.
welcome-value = <b>{ $account }</b> is worth <b>{ $money }</b>.
welcome-btc = BTC is <b>{ $price }</b>.
welcome-btc-later = ⏳ The price of BTC is on its way.
owner-claimed = You are the owner of this bot now. /ban and /unban are yours.
owner-link-used = This owner link has been used or is older than 10 minutes. The command <code>perpdesk init</code> makes a new one.

menu-title =
    <b>Menu</b> · { $account }
    What would you like to see?

menu-group =
    { $group ->
        [trading] <b>Trading</b>
        [more] <b>More</b>
       *[staff] <b>Running the bot</b>
    }
button-paysupport = Support
button-pin = PIN
button-terms = Terms
button-whoami = Who am I
button-promo = Promo codes
button-broadcast = Broadcast
button-report = Report
button-health = Health
button-menu-trading = Trading ›
button-menu-more = More ›
button-menu-staff = Run the bot ›
button-menu-payments = Payments

help-intro =
    <b>What I can do</b>
    Tap /menu or type. Everyone has a practice account; Bybit can be connected any time. /cancel leaves a question.
help-group =
    { $group ->
        [accounts] <b>Accounts</b>: value, positions, orders, fills
        [trading] <b>Trading</b>: enter, close, stop everything, limits
        [market] <b>Market</b>: prices, order books, all symbols
        [settings] <b>Settings</b>: Bybit keys, risk, language, PIN
        [license] <b>License</b>: what you have, codes, support
        [person] <b>You</b>: your ID, what is stored, the terms
       *[staff] <b>Running the bot</b>
    }
help-typing =
    <b>Typed at once</b>
    <code>eth</code> · <code>eth spot</code> · <code>/book sol</code>
    <code>/settings risk 1.5</code> · <code>sl btc 62k</code>
    <code>long btc 2% sl 3% tp 66k 68k</code>
    <code>sell eth 500$ limit 3120</code>

cancel-done = Canceled.
cancel-nothing = There was nothing to cancel.

language-title = Which language shall I speak?
language-set = I speak { $name } now.

unknown-command = I don't know { $typed }. The menu has everything I can do.
unknown-command-nearest = I don't know { $typed }. Did you mean /{ $nearest }?
unknown-text = I don't know what to do with that. The menu has everything I can do.
unknown-text-nearest = Did you mean /{ $nearest }?
unknown-text-waiting = I don't know what to do with that. I am still waiting for { $wanted }.
question-settings-value = the value of the setting
question-keys-key-id = the API key that Bybit shows
question-keys-key-and-secret = key and secret in one message
question-redeem-code = a promo code
question-promo-code-for = a promo code for that user
question-promo-edit = what to change, such as max=200
question-support-write = your message to support
question-users-find = a name or an ID
question-broadcast-text = the text of the broadcast
question-desk-time = a license type and days
question-desk-reason = the reason
question-desk-role-reason = the reason
question-payments-reason-typed = the reason of the refund
only-text = I read text and buttons only, so I could not use that.
edited-not-run = I don't act on edited messages. Please send it as a new one.
forwarded-not-run = I don't act on forwarded messages, because somebody else wrote them. Please type it yourself.

group-hello = Hi. I show prices here: <code>/price btc</code>, and results without money: <code>/share</code>. Everything of your own stays between you and me.
group-open-private = Here I only show prices, <code>/price btc</code>, and results without money, <code>/share</code>. For everything else open our private chat.
not-yours = This button belongs to somebody else. Ask me yourself to get your own.
banned = You can't use this bot any more. If you think this is a mistake, contact whoever runs it. What you have open here you can still close: /positions, /orders, /close, /panic.
banned-paid = You can't use this bot any more. As you paid for time, these still work for you: /paysupport, /license, /privacy, /forget, /terms. What you have open here you can still close: /positions, /orders, /close, /panic.
banned-alert = You can't use this bot any more.

secret-deleted =
    ⚠️ <b>I deleted a message of yours: it looked like an API secret.</b>
    Anybody who saw it can trade in your name. Delete that key on Bybit and make a new one; /keys shows how to connect without sending a secret.
secret-not-deleted =
    ⚠️ <b>A message of yours looks like an API secret, and Telegram does not let me delete it.</b>
    Delete it yourself, then delete that key on Bybit and make a new one. /keys shows how to connect without sending a secret.
secret-in-group = ⚠️ A message here looked like an API secret. Whoever sent it: delete that key on Bybit, then write to me in private.
