## Support threads, privacy, erasure. Messages about a thread begin with 💬 # and its number: replies are found by it.

command-privacy = What is stored
command-paysupport = Write to the people who run this bot
command-threads = Support threads
command-forget = Erase everything about me
button-thread = Thread
button-threads = Threads
button-reply = Reply
button-answer = Answer
button-write-more = Write more
button-close-thread = Close

support-ask =
    <b>Support</b>

    What is it about? Write it in one message: a payment, a refund, a license, anything else. The people who run this bot read it and answer here.

    Never send keys or passwords; nobody will ask for them.
support-ask-more = Write your next message.
support-ask-answer = Write your answer. It goes to the user under this number.
support-open = 💬 #{ $thread } <b>is open.</b> The latest of it:
support-sent = 💬 #{ $thread } <b>Sent.</b> The answer comes here. /paysupport shows what was said so far.
support-answer-sent = 💬 #{ $thread } <b>Your answer is on its way.</b>
support-closed = 💬 #{ $thread } <b>is closed.</b>
support-is-closed = Thread #{ $thread } is closed. Its user can open another one with /paysupport.
support-doubtful =
    <b>There may be a secret in your message.</b> Nobody has received it yet.
    If it is the number of a payment, a hash or an address, send it. Nobody needs to know an API secret.
support-deleted = Deleted. Nobody has received it.
support-not-deleted = Nobody has received it, but Telegram does not let me delete it. Please delete it yourself.
support-not-kept = I do not have that message any more. Please write it again.
text-doubtful = There may be a secret in your message. I did nothing with it. Shall I delete it?
button-delete-it = Delete it
button-send-it = Send it
support-only-words = I can pass on words only. Please describe it in a message, or add a caption to the picture or file.
support-too-long = That is too long: { $limit } characters at most. Please shorten it, or send it in parts.
support-too-many = That was a lot at once. All of it arrived; please wait up to { $minutes } minutes before you write more.
support-head =
    💬 #{ $thread } <b>{ $name }</b> · <code>{ $user }</code>
    { $state ->
        [closed] Closed
       *[open] Open
    }, started { $date }
support-line =
    { $side ->
        [staff] <b>Support</b>
        [you] <b>You</b>
       *[user] <b>User</b>
    } · { $date }

threads-title = <b>Support threads</b>
threads-none = There are none here.
threads-open = Open
threads-mine = Mine
threads-closed = Closed
threads-line-staff = 🔴 #{ $thread } { $name } · waiting for us { $age }
threads-line-user = #{ $thread } { $name } · answered { $age } ago
threads-line-closed = #{ $thread } { $name } · closed { $age } ago

promise-support-asked = 💬 #{ $thread } <b>A user writes</b>
promise-support-facts =
    { $name } · <code>{ $user }</code>
    License: { $license } · Bybit: { $accounts }
    Payments: { $payments }
promise-support-license = { $kind }, until { $until }
promise-support-payment =
    { $stars } Stars on { $date }{ $status ->
        [refund_asked] {" "}(to be refunded)
        [unclaimed] {" "}(to be refunded)
        [refunded] {" "}(given back)
        [charged_back] {" "}(charged back)
       *[completed] {""}
    }
promise-support-answered = 💬 #{ $thread } <b>Support answers</b>
promise-support-handled =
    💬 #{ $thread } <b>{ $act ->
        [closed] { $name } closed this thread.
       *[answered] { $name } answered
    }</b>
promise-support-closed-by-user = 💬 #{ $thread } <b>The user closed this thread.</b>
promise-support-closed-by-staff = 💬 #{ $thread } <b>Support closed this thread.</b> If something is still open, ask again.

terms-not-accepted = You have not accepted them yet. I ask before your first key or payment.
terms-accepted-at = ✓ You accepted them { $date }.

button-privacy = Privacy
button-export = Export my data
button-forget = Erase everything
button-forget-go-on = Go on
button-forget-erase = Yes, erase everything
button-keep-account = Keep my account

privacy-title = <b>Privacy</b>
privacy-body =
    <b>What is stored, and why</b>
    • Your Telegram ID, name, language and settings: to know you and answer as you like.
    • Accounts, positions, orders, fills: to show them to you. Keys, encrypted with AES-256-GCM: to act for you at Bybit. A PIN, as an irreversible digest.
    • Licenses, promo codes and payments in Stars: to give what you paid for, and because books must be kept.
    • What you write to /paysupport: to answer you.
    • Who changed what, under a random name: so that nobody does it in secret.

    <b>Not stored:</b> messages with a secret. They are deleted from the chat, too.
    <b>Given to others:</b> nothing. Bybit is asked with your key, only for you.
privacy-how-long =
    <b>How long</b>
    • What I still have to handle: until done. A message that I failed at: 14 days.
    • My messages to you: until sent; that there was one: 180 days.
    • Support threads: a year after closing.
    • Practice orders that are over, and what was noted while a close went on: 90 days. Practice fills: a year.
    • Everything else: until you send /forget. Then it is erased within 24 hours. Rows of license, payments and changes stay under a random name that leads to nobody.
    • Encrypted backups: 8 weeks. What was erased stays erased when one of them comes back.
    • That this Telegram account had its trial or a campaign's code: after /forget too, for 24 months or until the campaign ends, so that nobody gets them twice; a mark that leads to nobody.
    The technical log may name your ID; whoever runs this bot decides how long it is kept.
privacy-export = Everything that is stored about you, without keys. Times are UTC.
privacy-exported-today =
    { $hours ->
        [one] You had your copy today. The next one can be made in { $hours } hour.
       *[other] You had your copy today. The next one can be made in { $hours } hours.
    }

forget-title = <b>Erase everything?</b>
forget-body =
    • Positions at Bybit stay as they are, their stops, too; I just stop knowing them. Entries that wait are canceled. <b>Close positions or set stops first</b>, and delete the key at Bybit.
    • License time that is left is lost, paid or not.
    • Practice money, settings, keys and support threads go.
    • Payments stay in the books under a random name that leads to nobody. A refund is not possible afterwards.

    You get a copy of your data first. You can take it back for almost a day.
forget-surely = <b>Are you sure?</b> This erases your account here, and all license time with it.
forget-account = <b>{ $account }</b>
forget-due = Everything about you will be erased soon after { $date }. Until then [Keep my account] or /start takes it back.
forget-due-banned = Everything about you will be erased, but not before { $date } and only once you are unbanned: the ban would go with it. [Keep my account] takes it back; /paysupport reaches whoever runs this bot.
forget-kept = ✓ Nothing is erased. Your account stays as it is.
forget-in-role = You help to run this bot, so your account can't be erased. First somebody else has to take your role away.
