## Words and lines that every screen uses. HTML: <b>, <i>, <code>, <pre>; values are escaped where they are put in.

bot-description =
    Your Bybit account in one chat: balance, positions, orders, prices and order books.

    You start with 10,000 USDT of practice money at live prices, at once, before any key. English, Russian and Ukrainian.
bot-short-description = Bybit in one chat. You start with 10,000 USDT of practice money.

account-paper = Practice
account-demo = Bybit Demo
account-live = Live
span-seconds = { $seconds } s
span-minutes = { $minutes } min
span-hours = { $hours } h { $minutes } min
span-days = { $days } d { $hours } h

none = none
unknown = – not told
tab-current = • { $name }
footer-page = <i>page { $page } of { $pages }</i>
side-long = Long
side-short = Short
side-buy = Buy
side-sell = Sell

button-menu = Menu
button-help = Help
button-back = ‹ Back
button-cancel = Cancel
button-previous = ‹
button-next = ›
button-page-first = « { $page }
button-page-back = ‹ { $page }
button-page-on = { $page } ›
button-page-last = { $page } »
button-refresh = ↻ Refresh
button-balance = Balance
button-positions = Positions
button-orders = Orders
button-trades = Trades
button-price = Price
button-book = Order book
button-symbols = Symbols
button-keys = Bybit keys
button-settings = Settings
button-lang = Language
button-account = My account
button-prices = Prices
button-connect = Connect Bybit
button-private = Open private chat

footer-now = <i>just now · { $time }</i>
footer-fresh = <i>{ $age } ago · { $time }</i>
footer-asking = ⏳ <i>Asking Bybit. The answer appears here as soon as it comes.</i>
footer-waiting = ⏳ <i>{ $age } old · { $time }. Bybit is slow; I update this when it answers.</i>
footer-last-known = <i>Last known, { $age } old · { $time }</i>

trouble-silent = ⚠️ Bybit does not answer right now. Try Refresh in a minute.
trouble-silent-again = ⚠️ Bybit does not answer right now. Try again in a minute.
trouble-busy = ⚠️ Too many questions to Bybit at once. Try again in { $wait }.
trouble-key = ⚠️ Bybit does not accept the key of this account any more. /keys shows why; Bybit’s app still closes positions.
trouble-clock = ⚠️ Our clock and Bybit's disagree for a moment. Try again in a minute.
trouble-unreadable = ⚠️ Bybit answered, but I could not read the answer. Whoever runs this bot has been told; nothing was changed. Until it is fixed, look in Bybit's app.
trouble-restricted =
    { $restriction ->
        [compliance] ⚠️ Bybit has restricted this account (code { $code }): a ban, a cooling-off period or an identity check. Bybit's app says which. Another key will not help.
        [account-type] ⚠️ This is not available for your type of Bybit account (code { $code }). In Bybit's app: Account, then Upgrade to Unified Trading Account; then try again.
        [margin-mode] ⚠️ This account is on portfolio margin, which I don't trade on yet. In Bybit's app choose cross or isolated margin, then try again.
        [server] ⚠️ Bybit's network did not let my request through (HTTP 403). Nothing is wrong with your key. Try again in a minute.
        [address] ⚠️ Bybit does not take this key from the address of my server (code { $code }). If you have just changed the addresses of your key, /keys shows mine; otherwise it is about my server, and whoever runs this bot is told.
       *[region] ⚠️ Bybit does not offer this here: it is a matter of the region (code { $code }), not of your key. Bybit's support can say why.
    }
trouble-rejected = ⚠️ Bybit said no (code { $code }).
