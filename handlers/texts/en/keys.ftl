## Connecting Bybit.

command-keys = Connect, check or remove Bybit keys

keys-intro =
    <b>Connect Bybit</b>
    I show your balance, positions and orders, and trade as you tell me to. I can never withdraw: a key with that right is refused.
keys-which-site = Which Bybit do you use? It is the address in your browser.
keys-title = <b>Connected</b>
keys-line = • { $account } · { $site }
keys-identity = UID { $uid } · key …{ $ending }
keys-another = To connect another key, choose its site:
keys-which-account =
    <b>{ $site }</b>: which account?
    Bybit Demo trades with Bybit's own play money. Live is real money.
keys-live-only =
    <b>{ $site }</b>
    This site has no demo trading, so it is the live account: real money.
keys-eu =
    <b>{ $site }</b>
    On this site Bybit gives no API keys, so nothing can be connected. Practice works at the same live prices, without any key.
button-practice = Practice account
button-other-site = ‹ Another site
button-check = Check { $account }
button-remove = Remove { $account }

keys-offer-title = <b>Connect { $account }</b> · { $site }
keys-step-where = 1. On { $site } open <b>API</b> → <b>Create New Key</b> → <b>Self-generated</b>.
keys-step-where-demo = 1. On { $site } switch to <b>Demo Trading</b>, then open <b>API</b> → <b>Create New Key</b> → <b>Self-generated</b>.
keys-step-paste = 2. Paste this public key (tap to copy):
keys-step-rights = 3. Allow <b>Contract: Orders, Positions</b> and <b>Spot: Trade</b>, nothing else.
keys-step-ip = Bind it to my address: <code>{ $ip }</code>
keys-step-no-ip = Leave the IP address empty; such a key lives 90 days.
keys-step-send = 4. Send me the <b>API key</b> that Bybit shows then.
keys-offer-safe = <i>The private key stays with me, encrypted, and no secret passes through Telegram.</i>
button-copy-ip = Copy { $ip }
button-typed-secret = I have a key and a secret
keys-ask-secret =
    <b>{ $account }</b> · { $site }
    Send the API key and its secret in one message, with a space between. I delete the message at once and keep the secret encrypted.

keys-connected = ✅ <b>{ $account } is connected</b> · { $site }
keys-checked =
    <b>{ $account }</b> · { $site }
    Checked { $time }
keys-first-stays = Screens and orders still start with <b>{ $account }</b>.
keys-shown-first = ✓ Screens and orders start with <b>{ $account }</b> now.
button-show-first = Show { $account } first
keys-ask-same =
    <b>This Bybit account is connected already.</b>
    Put the new key …{ $ending } in place of the old one? Only the key changes.
keys-ask-place =
    <b>There is no room for one more { $account } account.</b>
    There is room for { $count } of a kind now; /license shows what gives more. Put the new key …{ $ending } (UID { $uid }) in place of one of these? What is at Bybit stays as it is.
button-replace-key = Replace { $account }
button-keep-keys = Keep what is there
keys-discarded = The new key is forgotten. Everything is as it was.
keys-ask-replacement =
    <b>Replace the key of { $account } ({ $site })?</b>
    The new key is of another Bybit account. I forget the old one and what I read with it.
button-confirm-replacement = Yes, replace
keys-ask-removal =
    <b>Remove the key of { $account } ({ $site })?</b>
    I forget the key and what I read with it. Your account at Bybit stays as it is.
button-confirm-removal = Yes, remove
button-keep = Keep it
leaving-nothing = Nothing is open there.
leaving-unread = What is open there can't be read right now: Bybit's app shows it.
leaving-orders = It stays there, and I manage it no more: open orders: { $orders }
leaving-stays =
    It stays there, and I manage it no more: <b>{ $names }</b>{ $more ->
        [0] {""}
       *[other] {" "}and { $more } more
    } · open orders: { $orders }
leaving-entries = Entries that wait are canceled first.
leaving-unknown =
    { $count ->
        [one] ⏳ <b>One order is unknown until { $time }.</b> What it fills would stand there without me.
       *[other] ⏳ <b>{ $count } orders are unknown until { $time }.</b> What they fill would stand there without me.
    }
leaving-refused =
    { $count ->
        [one] ⚠️ <b>Bybit did not cancel one order.</b> It may still fill there, without me: Bybit's app cancels it.
       *[other] ⚠️ <b>Bybit did not cancel { $count } orders.</b> They may still fill there, without me: Bybit's app cancels them.
    }
leaving-anyway = Wait, or go on all the same?
button-leave-anyway = Go on all the same
keys-removed =
    The key of { $account } is removed here.
    It still works at Bybit: delete it on { $site }, too.

keys-refused =
    <b>I can't take this key for { $account_type ->
        [demo] Bybit Demo
       *[live] Live
    }.</b> Nothing was stored.
keys-works-no-more =
    <b>The stored key of { $account_type ->
        [demo] Bybit Demo
       *[live] the live account
    } does not work any more.</b>
finding-refuse = ⛔ { $text }
finding-warn = ⚠️ { $text }
finding-good = ✓ { $text }

key-withdraw =
    <b>It may withdraw money.</b>
    Edit the key on Bybit, uncheck Withdrawal, and send it again.
key-transfer =
    <b>It may move money between accounts.</b>
    Edit the key on Bybit, uncheck the transfer rights under Wallet, and send it again.
key-unknown-permission =
    <b>It may do more than trade:</b> { $names }.
    Uncheck that on Bybit and send the key again.
key-read-only =
    <b>It is read-only.</b>
    Edit the key on Bybit, choose Read-Write, and send it again.
key-no-trading =
    <b>It lacks rights that I need:</b> { $names }.
    Check Contract: Orders and Positions on Bybit and send it again.
key-expired =
    <b>It has expired.</b>
    Make a new key on Bybit; /keys shows how.
key-not-known =
    <b>There is no such key at Bybit.</b>
    Check that it is from this site and this account, and that it was copied whole.
key-wrong-environment =
    <b>It is a key of { $belongs ->
        [demo] Bybit Demo
       *[live] Live
    }, not of { $wanted ->
        [demo] Bybit Demo
       *[live] Live
    }.</b>
    Connect it as what it is, or make a key there.
key-bad-secret =
    <b>The key and the secret do not match.</b>
    Copy both again; Bybit shows the secret only once.
key-not-known-now =
    <b>This key is no longer at Bybit.</b>
    It was probably deleted there. Make a new key on Bybit; /keys shows how.
key-bad-secret-now =
    <b>Its secret no longer matches.</b>
    Make a new key on Bybit; /keys shows how.
key-other-ip =
    <b>It is bound to another IP address.</b>
    { $ip ->
        [none] Bind it to the address of the server that I run on: whoever runs this bot knows it.
       *[other] Add my address to the key on Bybit: <code>{ $ip }</code>
    }
key-not-taken =
    <b>Bybit does not accept it (code { $code }).</b>
    Make a new key on Bybit; /keys shows how.
key-no-ip =
    <b>It is bound to no IP address.</b>
    { $days ->
        [one] Anyone who gets it can use it, and Bybit ends it after { $days } day. Binding it to my address solves both.
       *[other] Anyone who gets it can use it, and Bybit ends it after { $days } days. Binding it to my address solves both.
    }
key-expires-soon =
    { $days ->
        [one] <b>It expires in { $days } day</b> ({ $date }).
       *[other] <b>It expires in { $days } days</b> ({ $date }).
    }
    Extend it on Bybit, or make a new one.
key-classic-account =
    The account is not a unified one: balance, positions and orders stay empty here.
    In Bybit's app: Account, then Upgrade to Unified Trading Account. The key stays the same.
key-subaccount = It is a subaccount.
key-third-party = Bybit connected this key to a third-party application.
key-rights-untold =
    Bybit Demo does not say what this key may do. It works; if something is refused,
    allow Contract – Orders and Positions on Bybit's page of the key.
key-ip-bound = Bound to { $ips }.
key-permissions-good = May trade and nothing else.

keys-already-attached =
    This Bybit account is connected by another user here.
    If that is you with another Telegram account, remove it there first. If not, delete the key on Bybit.
keys-no-offer = There is no public key waiting for its API key. Start again with /keys.
keys-unknown-site = I don't know that Bybit site. /keys lists those I know.
keys-site-without-keys = On { $site } Bybit gives no API keys. Practice works without any.
keys-site-without-demo = { $site } has no demo trading. Bybit Demo works with bybit.com keys.
keys-malformed = That does not look like a Bybit key: letters and digits only, no spaces. Copy it again, or /cancel.
keys-secret-format = I need the API key and its secret in one message, with a space between. Your message is deleted; send both again, or /cancel.
keys-send-again = I did not keep your key. Please send the line again.
keys-pasted = 🔑 <b>An API key and its secret. I took your message out of the chat.</b>
keys-pasted-stays =
    🔑 <b>An API key and its secret, and Telegram does not let me delete your message.</b>
    Please delete it yourself.
keys-pasted-what =
    Nothing is stored. I keep both in memory for 15 minutes: which account of bybit.com are they of?
    For another site throw them away and begin with /keys.
keys-thrown-away = Thrown away. If anybody else saw your message, delete that key on Bybit.
keys-not-kept = I do not have that key any more. Please send key and secret again.
button-connect-as = Connect as { $account }
button-throw-away = Throw it away
keys-still-asking = I am still asking Bybit about your key. The answer comes in a moment.
keys-add-usage =
    Type it like this; I delete the message at once:
    <code>/keys add demo KEY SECRET</code>
    <code>/keys add live KEY SECRET</code>
keys-check-usage = Type <code>/keys check demo</code> or <code>/keys check live</code>.
keys-remove-usage = Type <code>/keys remove demo</code> or <code>/keys remove live</code>.
