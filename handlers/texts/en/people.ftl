## Identity, terms, privacy.

command-whoami = Your ID and role
command-terms = The terms

whoami-title = <b>Who you are here</b>
whoami-id = ID: <code>{ $id }</code>
whoami-role = Role: { $role }
whoami-language = Language: { $name }
whoami-zone = Time zone: { $zone }
whoami-accounts = Accounts: { $names }
role-name =
    { $role ->
        [owner] owner
        [admin] admin
        [support] support
       *[user] user
    }

terms-title = <b>Terms</b> (version { $version })
terms-first = <b>One thing first: the terms</b>
terms-body =
    1. You trade at your own risk. Trading with leverage can lose all that is in the account. Nothing I say is advice.
    2. I act with the rights of the key that you give me, and only as you tell me to. Keys that can withdraw are refused.
    3. Bybit, Telegram and I can fail or be late. Keep your stops on Bybit, and keep the key bound to my address.
    4. Delete the key on Bybit or with /keys at any time; that ends what I may do.
    5. /privacy says what is stored.
terms-key-waits = I deleted your message. Accept, and I go on with your key; it waits 15 minutes.
terms-accepted = ✓ Thank you, that is recorded.
button-accept = I accept
