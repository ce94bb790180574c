## Первое сообщение, меню, помощь, язык и ответы на непонятое.

command-start = Начать
command-menu = Всё в одно нажатие
command-help = Что я умею
command-cancel = Отменить вопрос бота
command-lang = English, Русский, Українська

welcome-hi = Здравствуйте, { $name }.
welcome-hi-nameless = Здравствуйте.
welcome-money = У вас <b>{ $money }</b> для практики.
welcome-money-again = На счёте «Практика» <b>{ $money }</b>.
welcome-value = «{ $account }»: сейчас <b>{ $money }</b>.
welcome-btc = BTC стоит <b>{ $price }</b>.
welcome-btc-later = ⏳ Цена BTC сейчас придёт.
owner-claimed = Теперь вы владелец этого бота. Команды /ban и /unban ваши.
owner-link-used = Эта ссылка владельца использована или старше 10 минут. Новую создаёт команда <code>perpdesk init</code>.

menu-title =
    <b>Меню</b> · { $account }
    Что показать?

menu-group =
    { $group ->
        [trading] <b>Торговля</b>
        [more] <b>Ещё</b>
       *[staff] <b>Управление ботом</b>
    }
button-paysupport = Поддержка
button-pin = PIN
button-terms = Условия
button-whoami = Кто я
button-promo = Промокоды
button-broadcast = Рассылка
button-report = Отчёт
button-health = Состояние
button-menu-trading = Торговля ›
button-menu-more = Ещё ›
button-menu-staff = Управление ботом ›
button-menu-payments = Платежи

help-intro =
    <b>Что я умею</b>
    Нажимайте /menu или пишите. У каждого есть счёт «Практика»; Bybit можно подключить в любой момент. /cancel отменяет вопрос.
help-group =
    { $group ->
        [accounts] <b>Счета</b>: стоимость, позиции, ордера, сделки
        [trading] <b>Торговля</b>: войти, закрыть, остановить всё, лимиты
        [market] <b>Рынок</b>: цены, стаканы, все пары
        [settings] <b>Настройки</b>: ключи Bybit, риск, язык, PIN
        [license] <b>Лицензия</b>: что у вас есть, коды, поддержка
        [person] <b>Вы</b>: ваш ID, что хранится, условия
       *[staff] <b>Управление ботом</b>
    }
help-typing =
    <b>Одной строкой</b>
    <code>eth</code> · <code>eth spot</code> · <code>/book sol</code>
    <code>/settings risk 1.5</code> · <code>стоп btc 62к</code>
    <code>лонг биток 2% стоп 3% тейк 66к 68к</code>
    <code>шорт эфир 500$ лимит 3120</code>

cancel-done = Отменено.
cancel-nothing = Отменять было нечего.

language-title = На каком языке говорить?
language-set = Язык бота: { $name }.

unknown-command = Не знаю команды { $typed }. Всё, что я умею, есть в меню.
unknown-command-nearest = Не знаю команды { $typed }. Может быть, /{ $nearest }?
unknown-text = Не понимаю, что нужно сделать. Всё, что я умею, есть в меню.
unknown-text-nearest = Может быть, /{ $nearest }?
unknown-text-waiting = Не понимаю, что нужно сделать. Я всё ещё жду: { $wanted }.
question-settings-value = значение настройки
question-keys-key-id = API key, который показал Bybit
question-keys-key-and-secret = ключ и секрет одним сообщением
question-redeem-code = промокод
question-promo-code-for = промокод для этого пользователя
question-promo-edit = что изменить, например max=200
question-support-write = ваше сообщение в поддержку
question-users-find = имя или ID
question-broadcast-text = текст рассылки
question-desk-time = вид лицензии и дни
question-desk-reason = причина
question-desk-role-reason = причина
question-payments-reason-typed = причина возврата
only-text = Я читаю только текст и кнопки, поэтому с этим ничего не сделал.
edited-not-run = Исправленные сообщения я не выполняю. Пришлите, пожалуйста, новое.
forwarded-not-run = Пересланные сообщения я не выполняю: их писали не вы. Напишите, пожалуйста, сами.

group-hello = Здравствуйте. Здесь я показываю цены, <code>/price btc</code>, и результаты без денег, <code>/share</code>. Всё ваше личное остаётся между нами.
group-open-private = Здесь я показываю только цены, <code>/price btc</code>, и результаты без денег, <code>/share</code>. Всё остальное – в личном чате.
not-yours = Эта кнопка чужая. Спросите меня сами, и у вас будет своя.
banned = Вы больше не можете пользоваться этим ботом. Если это ошибка, напишите тому, кто его ведёт. Открытое здесь можно закрыть и теперь: /positions, /orders, /close, /panic.
banned-paid = Вы больше не можете пользоваться этим ботом. Вы оплатили время, поэтому для вас работают: /paysupport, /license, /privacy, /forget, /terms. Открытое здесь можно закрыть и теперь: /positions, /orders, /close, /panic.
banned-alert = Вы больше не можете пользоваться этим ботом.

secret-deleted =
    ⚠️ <b>Я удалил ваше сообщение: оно похоже на секрет API.</b>
    Любой, кто его видел, может торговать от вашего имени. Удалите этот ключ на Bybit и создайте новый; /keys покажет, как подключиться, не отправляя секрета.
secret-not-deleted =
    ⚠️ <b>Ваше сообщение похоже на секрет API, а удалить его Telegram мне не даёт.</b>
    Удалите его сами, потом удалите этот ключ на Bybit и создайте новый. /keys покажет, как подключиться, не отправляя секрета.
secret-in-group = ⚠️ Здесь было сообщение, похожее на секрет API. Автору: удалите этот ключ на Bybit, а потом напишите мне лично.
