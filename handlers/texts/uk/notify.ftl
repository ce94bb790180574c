## /notify and /mute: which of the bot's own messages ring.

command-notify = Які повідомлення зі звуком, тихі години
command-mute = Тиша на години; виходи звучать

notices-signs = 🔔 зі звуком · 🔕 тихо · ✖ не надходять. Торкніться, щоб змінити.
notices-line = { $sign } { $about }
notices-about =
    { $kind ->
        [entries] Входи: виконані чи ні
        [targets] Цілі та часткові закриття
        [exits] Стопи та закриття
        [alarms] Тривоги: ліквідація, немає стопа, ліміти, ключі
        [alerts] Сповіщення про ціни
        [reports] Звіти про вашу торгівлю
        [license] Ліцензія та платежі
        [announcements] Новини бота й Bybit
       *[other] Решта: пізні відповіді, підтримка
    }
notices-kind =
    { $kind ->
        [entries] Входи
        [targets] Цілі
        [exits] Закриття
        [alarms] Тривоги
        [alerts] Ціни
        [reports] Звіти
        [license] Ліцензія
        [announcements] Новини
       *[other] Решта
    }
notices-never-off = Тривоги, ліцензію та решту можна зробити тихими, але не вимкнути.
notices-always = Ці повідомлення можна зробити тихими, але не вимкнути: вони про ваші гроші або відповідають вам.
notices-unread = Я розумію так: <code>/notify входи вимк</code>, <code>/notify усі тихо</code>, <code>/notify тихо 23-8</code>.

quiet-none = Тихих годин немає.
quiet-hours = Тихі години: <b>{ $hours }</b> { $zone }.
quiet-about = У тихі години зі звуком надходять лише цілі, закриття та тривоги, як ви їх налаштували. Решта тихо.
quiet-type = Торкніться або напишіть свої, за часом { $zone }: <code>23:30-7:15</code>.
quiet-unread = Тихі години я розумію так: <code>23-8</code> або <code>23:30-7:15</code>. <code>вимк</code> прибирає їх.
question-notify-quiet = ваші тихі години
button-quiet = Тихі години
button-no-quiet = Немає

mute-none = <b>Повідомлення</b>: звук не вимкнено.
mute-until = 🔕 <b>Без звуку</b> до { $until }. Цілі, закриття та тривоги надходять, як ви їх налаштували.
mute-unread = Я розумію так: <code>/mute 8г</code>, <code>/mute до 08:00</code>, <code>/mute вимк</code>; не більше семи днів.
button-mute = Тихо { $hours } г
button-unmute = Повернути звук
button-notify = Повідомлення
notify-by-kind = За видами
