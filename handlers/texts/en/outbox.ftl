## Messages that must arrive.

promise-restarted = I was restarted just after I had noted what you asked. It is not lost; if you missed my answer, ask again.
promise-restarted-what = I was restarted just after I had noted “{ $what }”. It is not lost: open that screen again to see what came of it.
promise-answer-lost = I did what you asked, but Telegram may not have delivered my answer. If you miss it, ask again.
promise-send-secret-again = I was restarted before I could read your key or PIN. I never keep such messages, so please send it again.
promise-set-aside = Sorry, I could not do that: it failed three times. Please try again in a minute.
promise-too-fast = That was too fast for me. I left some of your messages out; please wait a moment and send the last one again.
promise-back = Welcome back. You had blocked me { $since }–{ $until } UTC; { $waited } messages waited for you meanwhile, and the newest { $kept } reach you now.
promise-restored = ⚠️ I was brought back from a copy of { $made } UTC. What you told me from then to { $restored } UTC I do not know (settings, new keys); what you removed stays removed, what you paid for stays yours. Entries are halted until it was looked at. What stands at Bybit stands; I compare it now. Please check /settings, /keys and /positions.
promise-restored-bare = ⚠️ I was brought back from a copy of { $made } UTC. What you told me from then to { $restored } UTC I do not know: keys you deleted and limits you tightened may be back, new ones are missing. Payments are looked through first. Entries are halted until it was looked at. What stands at Bybit stands; I compare it now. Please check /settings, /keys, /limits and /positions.
promise-restored-stars = 🧾 <b>A copy was restored.</b> Telegram knows { $charges } charges ({ $stars } Stars) and { $returned } returns that it lacks. Nothing is booked or refunded before <code>perpdesk restore --accept</code> on the server; entries are halted until /unhalt.
promise-deaf = I was deaf { $began }–{ $ended } UTC: nothing reached me. I am working through what you sent now.
promise-deaf-wrote = I was deaf { $began }–{ $ended } UTC: nothing reached me. You wrote:
promise-deaf-more = • and { $count } more
promise-deaf-now = I am working through it now.
promise-key-expires =
    { $days ->
        [one] ⚠️ Your { $account_type ->
            [demo] Bybit Demo
           *[live] Live
        } key expires in <b>{ $days } day</b> ({ $date }). Extend it on Bybit, or make a new one with /keys.
       *[other] ⚠️ Your { $account_type ->
            [demo] Bybit Demo
           *[live] Live
        } key expires in <b>{ $days } days</b> ({ $date }). Extend it on Bybit, or make a new one with /keys.
    }
promise-key-trouble =
    ⛔ <b>Trouble with your { $account_type ->
        [demo] Bybit Demo
       *[live] Live
    } key</b>

    { $finding }
promise-egress-refused = 🛑 <b>Bybit refuses the keys of several accounts for the address that my server goes out from</b> (code 10010): it has changed. Nobody was told that their key is broken. Calls for these accounts are held and tried every ten seconds; stops and targets stand at Bybit. On the server <code>perpdesk doctor</code> shows both addresses; give it the old one back, or set <code>egress_ip</code> and have people bind their keys anew.
promise-disk-full = 🛑 <b>The disk under my database is full</b>: { $free } MB are left. New orders are refused; what was kept for this moment lets closes, stops and messages go on. Nothing that was confirmed is lost. Make room on the server: <code>df -h</code>, then <code>perpdesk doctor</code>. Within ten seconds of it orders are taken again by themselves.
promise-disk-room = ✅ There is room on the disk again: new orders are taken.
promise-key-ask-lost = I was restarted while I was asking Bybit about your key, so the answer got lost. /keys shows what is connected; if something is missing there, please send it again.
promise-legacy-keys = ⚠️ <b>Delete your old Bybit keys.</b> The bot before me kept them unprotected. Delete them at Bybit; for trading here make a new one with /keys, which I keep sealed.
promise-legacy-wallet = ⚠️ <b>Leave your old HyperLiquid account.</b> The bot before me kept its private key unprotected, and a private key can not be changed: move what is on it to a new one.
promise-key-attached =
    { $account_type ->
        [demo] A key for Bybit Demo was connected.
       *[live] A key for Live was connected.
    } If that was not you, remove it with /keys and delete it on Bybit.
promise-keys-lost = 🔑 <b>Please connect again: { $accounts }.</b> My server has lost what opens the stored keys, so it can't use yours any more; nobody else can either. Delete that key at Bybit and connect a new one: /keys. Positions, stops and orders stand at Bybit as they are, but I don't look after them until then. Your license, your trades and your settings are kept.
promise-vault-lost = 🔑 <b>I was started without the key that sealed what is stored.</b> Dropped: keys of { $accounts } accounts ({ $people } people, each was asked to connect again) and { $codes } promo codes, whose campaigns have ended: make new ones. Licenses, payments, trades and the audit are complete. Now make a copy of the new key file.
promise-key-removed =
    { $account_type ->
        [demo] The key for Bybit Demo was removed.
       *[live] The key for Live was removed.
    } It still works at Bybit: delete it there, too.
promise-unbanned = You may use this bot again.
