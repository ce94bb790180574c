## Слова й рядки, що є на кожному екрані. HTML: <b>, <i>, <code>, <pre>.

bot-description =
    Ваш рахунок Bybit в одному чаті: баланс, позиції, ордери, ціни та стакани.

    Ви починаєте з 10 000 USDT на рахунку «Практика» за живими цінами, одразу й без ключів. Українська, англійська, російська.
bot-short-description = Bybit в одному чаті. Ви починаєте з 10 000 USDT для практики.

account-paper = Практика
account-demo = Bybit Демо
account-live = Реальний рахунок

span-seconds = { $seconds } сек
span-minutes = { $minutes } хв
span-hours = { $hours } год { $minutes } хв
span-days = { $days } дн { $hours } год

none = немає
unknown = – немає даних
tab-current = • { $name }
footer-page = <i>сторінка { $page } з { $pages }</i>
side-long = Лонг
side-short = Шорт
side-buy = Купівля
side-sell = Продаж

button-menu = Меню
button-help = Довідка
button-back = ‹ Назад
button-cancel = Скасувати
button-previous = ‹
button-next = ›
button-page-first = « { $page }
button-page-back = ‹ { $page }
button-page-on = { $page } ›
button-page-last = { $page } »
button-refresh = ↻ Оновити
button-balance = Баланс
button-positions = Позиції
button-orders = Ордери
button-trades = Угоди
button-price = Ціна
button-book = Стакан
button-symbols = Усі пари
button-keys = Ключі Bybit
button-settings = Налаштування
button-lang = Мова
button-account = Мій рахунок
button-prices = Ціни
button-connect = Підключити Bybit
button-private = Відкрити приватний чат

footer-now = <i>щойно · { $time }</i>
footer-fresh = <i>{ $age } тому · { $time }</i>
footer-asking = ⏳ <i>Питаю Bybit. Заповню, щойно надійде відповідь.</i>
footer-waiting = ⏳ <i>Даним { $age } · { $time }. Bybit відповідає повільно; оновлю, коли відповість.</i>
footer-last-known = <i>Останнє відоме, { $age } тому · { $time }</i>

trouble-silent = ⚠️ Bybit зараз не відповідає. Натисніть «Оновити» за хвилину.
trouble-silent-again = ⚠️ Bybit зараз не відповідає. Спробуйте за хвилину ще раз.
trouble-busy = ⚠️ Забагато запитів до Bybit водночас. Спробуйте за { $wait }.
trouble-key = ⚠️ Bybit більше не приймає ключ цього рахунку. /keys покаже чому.
trouble-clock = ⚠️ Наш годинник і годинник Bybit на мить розійшлися. Спробуйте за хвилину.
trouble-unreadable = ⚠️ Bybit відповів, але прочитати відповідь не вдалося. Власник бота вже знає; нічого не змінено. Доки це не виправлено, дивіться в застосунку Bybit.
trouble-restricted =
    { $restriction ->
        [compliance] ⚠️ Bybit обмежив цей рахунок (код { $code }): заборона, період охолодження або перевірка особи. Що саме, скаже застосунок Bybit. Інший ключ не допоможе.
        [account-type] ⚠️ Для вашого типу рахунку Bybit це недоступне (код { $code }). У застосунку Bybit перейдіть на єдиний торговий рахунок (Unified Trading Account) і спробуйте знову.
        [server] ⚠️ Мережа Bybit не пропустила мій запит (HTTP 403). З вашим ключем усе гаразд. Спробуйте за хвилину.
       *[region] ⚠️ Bybit тут це не обслуговує: річ у регіоні (код { $code }), а не у вашому ключі. Причину скаже підтримка Bybit.
    }
trouble-rejected = ⚠️ Bybit відмовив (код { $code }).
