## What can be mended, and what is our own fault.

error-number =
    That is not a number I can read. Plain digits, please: <code>1.5</code>
    From { $minimum } to { $maximum }.
error-number-whole =
    That is not a number I can read. A whole number in plain digits, please: <code>5</code>
    From { $minimum } to { $maximum }.
error-number-range = That has to be from { $minimum } to { $maximum }.
error-number-places =
    { $places ->
        [0] Whole numbers only, please.
        [one] At most { $places } decimal, please.
       *[other] At most { $places } decimals, please.
    }
error-number-ambiguous = Is that { $first } or { $second }? Please write it without the comma.
error-symbol = That does not look like a symbol. Letters and digits, please: <code>/price btc</code>
error-unknown-symbol =
    { $count ->
        [0] Bybit does not trade { $symbol }. /symbols lists what it does.
        [one] Bybit does not trade { $symbol }. Did you mean { $nearest }?
       *[other] Bybit does not trade { $symbol }. Did you mean one of these: { $nearest }?
    }
error-category = I know <code>linear</code> (perpetuals) and <code>spot</code>, not “{ $word }”.
error-account-type = I know the accounts <code>paper</code>, <code>demo</code> and <code>live</code>, not “{ $word }”.
error-language = I speak <code>en</code>, <code>ru</code> and <code>uk</code>, not “{ $word }”.
error-setting = I know no setting “{ $word }”. Did you mean { $nearest }?
error-setting-unlike = I know no setting “{ $word }”. /settings lists them all.
error-too-long =
    { $limit ->
        [one] That is too long: at most { $limit } character.
       *[other] That is too long: at most { $limit } characters.
    }
error-choice = One of these, please: { $choices }.
error-time-zone =
    { $count ->
        [0] I know no such place. Try a larger city, or an offset: <code>Kyiv</code>, <code>+3</code>, <code>+5:30</code>.
       *[other] I know no such place. Did you mean { $nearest }?
    }
error-no-account-number =
    You have no account { $account_type ->
        [demo] Bybit Demo
        [paper] Practice
       *[live] Live
    } { $number }. /keys lists those that there are.
error-no-account =
    { $account_type ->
        [demo] Bybit Demo is not connected yet.
        [live] No live account is connected yet.
       *[paper] There is no practice account.
    }
error-payment-currency = This was paid in { $currency }. I take Telegram Stars only, so nothing was added. Please write to /paysupport.
error-codes-lost = The codes of this campaign can't be shown or redeemed any more: the key that sealed them is lost. Please make a new one: /promo new
error-start-first = I don't know you yet. Please send /start.
error-button-expired = This button is used or too old. Here is the menu:
error-outcome-unknown = Bybit has not said yet how that ended. I am checking; nothing is sent twice.
error-apology = Sorry, something went wrong on my side. If it happens again, tell whoever runs this bot: <code>{ $reference }</code>
error-storage = Sorry, I could not write that down, so nothing was changed. Please try again in a minute. (<code>{ $reference }</code>)
error-telegram-limits = Telegram limits this chat for a moment, so I could not send the file. Please ask for it again in a minute.

# An update that waited too long.
late-command = You sent <code>{ $command }</code> at { $sent }, { $age } ago. It reached me only now, so I have not done it.
late-press = You pressed this up to { $age } ago, at { $sent } or later. It reached me only now, so I have not done it.
button-do-now = Do it now
