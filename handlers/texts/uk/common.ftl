## Слова й рядки, що є на кожному екрані. HTML: <b>, <i>, <code>, <pre>.

bot-description =
    Ваш рахунок Bybit в одному чаті: баланс, позиції, ордери, ціни та стакани.

    Почніть із 10 000 USDT на рахунку «Практика» за реальними цінами: одразу й без ключів. Українська, англійська, російська.
bot-short-description = Bybit в одному чаті. Для початку 10 000 USDT на рахунку «Практика».

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
footer-asking = ⏳ <i>Запитую Bybit. Покажу відповідь, щойно вона надійде.</i>
footer-waiting = ⏳ <i>{ $age } тому · { $time }. Bybit відповідає повільно; оновлю, коли відповість.</i>
footer-last-known = <i>Останні дані, { $age } тому · { $time }</i>

trouble-silent = ⚠️ Bybit зараз не відповідає. Натисніть «Оновити» через хвилину.
trouble-silent-again = ⚠️ Bybit зараз не відповідає. Спробуйте через хвилину ще раз.
trouble-busy = ⚠️ Забагато запитів до Bybit водночас. Спробуйте через { $wait }.
trouble-key = ⚠️ Bybit більше не приймає ключ цього рахунку. Чому, покаже /keys; позиції закриває застосунок Bybit.
trouble-clock = ⚠️ Наш годинник і годинник Bybit на мить розійшлися. Спробуйте через хвилину.
trouble-unreadable = ⚠️ Bybit відповів, але прочитати відповідь не вдалося. Власник бота вже знає; нічого не змінено. Доки це не виправлено, дивіться в застосунку Bybit.
trouble-restricted =
    { $restriction ->
        [compliance] ⚠️ Bybit обмежив цей рахунок (код { $code }): блокування, період очікування або перевірка особи. Що саме, покаже застосунок Bybit. Інший ключ не допоможе.
        [account-type] ⚠️ Для вашого типу рахунку Bybit це недоступне (код { $code }). У застосунку Bybit перейдіть на єдиний торговий рахунок (Unified Trading Account) і спробуйте знову.
        [margin-mode] ⚠️ На цьому рахунку портфельна маржа, з нею я поки не торгую. Виберіть у застосунку Bybit крос-маржу або ізольовану і спробуйте знову.
        [server] ⚠️ Мережа Bybit не пропустила мій запит (HTTP 403). З вашим ключем усе гаразд. Спробуйте через хвилину.
        [address] ⚠️ Bybit не приймає цей ключ з адреси мого сервера (код { $code }). Якщо ви щойно змінювали адреси ключа, мою показує /keys; інакше річ у моєму сервері, і власник бота про це дізнається.
       *[region] ⚠️ Тут Bybit цього не надає: річ у регіоні (код { $code }), а не у вашому ключі. Причину скаже підтримка Bybit.
    }
trouble-rejected = ⚠️ Bybit відмовив (код { $code }).
