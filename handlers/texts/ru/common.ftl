## Слова и строки, которые есть на каждом экране. HTML: <b>, <i>, <code>, <pre>.

bot-description =
    Ваш счёт Bybit в одном чате: баланс, позиции, ордера, цены и стаканы.

    Начните с 10 000 USDT на счёте «Практика» по реальным ценам: сразу и без ключей. Русский, украинский, английский.
bot-short-description = Bybit в одном чате. Для начала 10 000 USDT на счёте «Практика».

account-paper = Практика
account-demo = Bybit Демо
account-live = Реальный счёт

span-seconds = { $seconds } сек
span-minutes = { $minutes } мин
span-hours = { $hours } ч { $minutes } мин
span-days = { $days } дн { $hours } ч

none = нет
unknown = – нет данных
tab-current = • { $name }
footer-page = <i>страница { $page } из { $pages }</i>
side-long = Лонг
side-short = Шорт
side-buy = Покупка
side-sell = Продажа

button-menu = Меню
button-help = Помощь
button-back = ‹ Назад
button-cancel = Отмена
button-previous = ‹
button-next = ›
button-page-first = « { $page }
button-page-back = ‹ { $page }
button-page-on = { $page } ›
button-page-last = { $page } »
button-refresh = ↻ Обновить
button-balance = Баланс
button-positions = Позиции
button-orders = Ордера
button-trades = Сделки
button-price = Цена
button-book = Стакан
button-symbols = Все пары
button-keys = Ключи Bybit
button-settings = Настройки
button-lang = Язык
button-account = Мой счёт
button-prices = Цены
button-connect = Подключить Bybit
button-private = Открыть личный чат

footer-now = <i>только что · { $time }</i>
footer-fresh = <i>{ $age } назад · { $time }</i>
footer-asking = ⏳ <i>Запрашиваю Bybit. Покажу ответ, как только он придёт.</i>
footer-waiting = ⏳ <i>{ $age } назад · { $time }. Bybit отвечает медленно; обновлю, когда ответит.</i>
footer-last-known = <i>Последние данные, { $age } назад · { $time }</i>

trouble-silent = ⚠️ Bybit сейчас не отвечает. Нажмите «Обновить» через минуту.
trouble-silent-again = ⚠️ Bybit сейчас не отвечает. Попробуйте через минуту ещё раз.
trouble-busy = ⚠️ Слишком много запросов к Bybit сразу. Попробуйте через { $wait }.
trouble-key = ⚠️ Bybit больше не принимает ключ этого счёта. Почему, покажет /keys; позиции закрывает приложение Bybit.
trouble-clock = ⚠️ Наши часы и часы Bybit на мгновение разошлись. Попробуйте через минуту.
trouble-unreadable = ⚠️ Bybit ответил, но прочитать ответ не получилось. Владелец бота уже знает; ничего не изменено. Пока это не исправлено, смотрите в приложении Bybit.
trouble-restricted =
    { $restriction ->
        [compliance] ⚠️ Bybit ограничил этот счёт (код { $code }): блокировка, период ожидания или проверка личности. Что именно, покажет приложение Bybit. Другой ключ не поможет.
        [account-type] ⚠️ Для вашего типа счёта Bybit это недоступно (код { $code }). В приложении Bybit перейдите на единый торговый счёт (Unified Trading Account) и попробуйте снова.
        [margin-mode] ⚠️ На этом счёте портфельная маржа, с ней я пока не торгую. Выберите в приложении Bybit кросс-маржу или изолированную и попробуйте снова.
        [server] ⚠️ Сеть Bybit не пропустила мой запрос (HTTP 403). С вашим ключом всё в порядке. Попробуйте через минуту.
        [address] ⚠️ Bybit не принимает этот ключ с адреса моего сервера (код { $code }). Если вы только что меняли адреса ключа, мой показывает /keys; иначе дело в моём сервере, и владелец бота об этом узнает.
       *[region] ⚠️ Здесь Bybit этого не предоставляет: дело в регионе (код { $code }), а не в вашем ключе. Причину скажет поддержка Bybit.
    }
trouble-rejected = ⚠️ Bybit отказал (код { $code }).
