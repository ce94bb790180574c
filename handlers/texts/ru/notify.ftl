## /notify and /mute: which of the bot's own messages ring.

command-notify = Какие сообщения со звуком, тихие часы
command-mute = Тишина на часы; выходы звучат

notices-signs = 🔔 со звуком · 🔕 тихо · ✖ не приходят. Нажмите, чтобы сменить.
notices-line = { $sign } { $about }
notices-about =
    { $kind ->
        [entries] Входы: исполнены или нет
        [targets] Цели и частичные закрытия
        [exits] Стопы и закрытия
        [alarms] Тревоги: ликвидация, нет стопа, лимиты, ключи
        [alerts] Оповещения о ценах
        [reports] Отчёты о вашей торговле
        [license] Лицензия и платежи
        [announcements] Новости бота и Bybit
       *[other] Остальное: поздние ответы, поддержка
    }
notices-kind =
    { $kind ->
        [entries] Входы
        [targets] Цели
        [exits] Закрытия
        [alarms] Тревоги
        [alerts] Цены
        [reports] Отчёты
        [license] Лицензия
        [announcements] Новости
       *[other] Остальное
    }
notices-never-off = Тревоги, лицензию и остальное можно сделать тихими, но не отключить.
notices-always = Эти сообщения можно сделать тихими, но не отключить: они о ваших деньгах или отвечают вам.
notices-unread = Я понимаю так: <code>/notify входы выкл</code>, <code>/notify все тихо</code>, <code>/notify тихо 23-8</code>.

quiet-none = Тихих часов нет.
quiet-hours = Тихие часы: <b>{ $hours }</b> { $zone }.
quiet-about = В тихие часы со звуком приходят только цели, закрытия и тревоги, как вы их настроили. Всё остальное тихо.
quiet-type = Нажмите или напишите свои, по времени { $zone }: <code>23:30-7:15</code>.
quiet-unread = Тихие часы я понимаю так: <code>23-8</code> или <code>23:30-7:15</code>. <code>выкл</code> убирает их.
question-notify-quiet = ваши тихие часы
button-quiet = Тихие часы
button-no-quiet = Нет

mute-none = <b>Сообщения</b>: звук не отключён.
mute-until = 🔕 <b>Без звука</b> до { $until }. Цели, закрытия и тревоги приходят, как вы их настроили.
mute-unread = Я понимаю так: <code>/mute 8ч</code>, <code>/mute до 08:00</code>, <code>/mute выкл</code>; не больше семи дней.
button-mute = Тихо { $hours } ч
button-unmute = Вернуть звук
button-notify = Сообщения
notify-by-kind = По видам
