## Перше повідомлення, меню, довідка, мова та відповіді на незрозуміле.

command-start = Почати
command-menu = Усе в один дотик
command-help = Що я вмію
command-cancel = Скасувати запитання бота
command-lang = English, Русский, Українська

welcome-hi = Вітаю, { $name }.
welcome-hi-nameless = Вітаю.
welcome-money = У вас <b>{ $money }</b> для практики.
welcome-money-again = На рахунку «Практика» <b>{ $money }</b>.
welcome-value = «{ $account }»: зараз <b>{ $money }</b>.
welcome-btc = BTC коштує <b>{ $price }</b>.
welcome-btc-later = ⏳ Ціна BTC зараз надійде.
owner-claimed = Тепер ви власник цього бота. Команди /ban і /unban ваші.
owner-link-used = Це посилання власника вже використане або старше за 10 хвилин. Нове створює команда <code>perpdesk init</code>.

menu-title =
    <b>Меню</b> · { $account }
    Що показати?

menu-group =
    { $group ->
        [trading] <b>Торгівля</b>
        [more] <b>Ще</b>
       *[staff] <b>Керування ботом</b>
    }
button-paysupport = Підтримка
button-pin = PIN
button-terms = Умови
button-whoami = Хто я
button-promo = Промокоди
button-broadcast = Розсилка
button-report = Звіт
button-health = Стан
button-menu-trading = Торгівля ›
button-menu-more = Ще ›
button-menu-staff = Керування ботом ›
button-menu-payments = Платежі

help-intro =
    <b>Що я вмію</b>
    Натискайте /menu або пишіть. У кожного є рахунок «Практика»; Bybit можна підключити будь-коли. /cancel скасовує запитання.
help-group =
    { $group ->
        [accounts] <b>Рахунки</b>: вартість, позиції, ордери, угоди
        [trading] <b>Торгівля</b>: увійти, закрити, зупинити все, ліміти
        [market] <b>Ринок</b>: ціни, стакани, усі пари
        [settings] <b>Налаштування</b>: ключі Bybit, ризик, мова, PIN
        [license] <b>Ліцензія</b>: що у вас є, коди, підтримка
        [person] <b>Ви</b>: ваш ID, що зберігається, умови
       *[staff] <b>Керування ботом</b>
    }
help-typing =
    <b>Одним рядком</b>
    <code>eth</code> · <code>eth spot</code> · <code>/book sol</code>
    <code>/settings risk 1.5</code> · <code>стоп btc 62к</code>
    <code>лонг біток 2% стоп 3% ціль 66к 68к</code>
    <code>шорт ефір 500$ ліміт 3120</code>

cancel-done = Скасовано.
cancel-nothing = Скасовувати не було чого.

language-title = Якою мовою говорити?
language-set = Мова бота: { $name }.

unknown-command = Не знаю команди { $typed }. Усе, що я вмію, є в меню.
unknown-command-nearest = Не знаю команди { $typed }. Може, /{ $nearest }?
unknown-text = Не розумію, що треба зробити. Усе, що я вмію, є в меню.
unknown-text-nearest = Може, /{ $nearest }?
unknown-text-waiting = Не розумію, що треба зробити. Я все ще чекаю: { $wanted }.
question-settings-value = значення налаштування
question-keys-key-id = API key, який показав Bybit
question-keys-key-and-secret = ключ і секрет одним повідомленням
question-redeem-code = промокод
question-promo-code-for = промокод для цього користувача
question-promo-edit = що змінити, наприклад max=200
question-support-write = ваше повідомлення в підтримку
question-users-find = ім'я або ID
question-broadcast-text = текст розсилки
question-desk-time = вид ліцензії та дні
question-desk-reason = причина
question-desk-role-reason = причина
question-payments-reason-typed = причина повернення
only-text = Я читаю лише текст і кнопки, тож із цим нічого не зробив.
edited-not-run = Виправлених повідомлень я не виконую. Надішліть, будь ласка, нове.
forwarded-not-run = Пересланих повідомлень я не виконую: їх писали не ви. Напишіть, будь ласка, самі.

group-hello = Вітаю. Тут я показую ціни, <code>/price btc</code>, і результати без грошей, <code>/share</code>. Усе ваше особисте залишається між нами.
group-open-private = Тут я показую лише ціни, <code>/price btc</code>, і результати без грошей, <code>/share</code>. Усе інше – у приватному чаті.
not-yours = Ця кнопка чужа. Запитайте мене самі, і у вас буде своя.
banned = Ви більше не можете користуватися цим ботом. Якщо це помилка, напишіть тому, хто його веде. Відкрите тут можна закрити й тепер: /positions, /orders, /close, /panic.
banned-paid = Ви більше не можете користуватися цим ботом. Ви оплатили час, тому для вас працюють: /paysupport, /license, /privacy, /forget, /terms. Відкрите тут можна закрити й тепер: /positions, /orders, /close, /panic.
banned-alert = Ви більше не можете користуватися цим ботом.

secret-deleted =
    ⚠️ <b>Я видалив ваше повідомлення: воно схоже на секрет API.</b>
    Кожен, хто його бачив, може торгувати від вашого імені. Видаліть цей ключ на Bybit і створіть новий; /keys покаже, як підключитися, не надсилаючи секрету.
secret-not-deleted =
    ⚠️ <b>Ваше повідомлення схоже на секрет API, а видалити його Telegram мені не дає.</b>
    Видаліть його самі, потім видаліть цей ключ на Bybit і створіть новий. /keys покаже, як підключитися, не надсилаючи секрету.
secret-in-group = ⚠️ Тут було повідомлення, схоже на секрет API. Авторові: видаліть цей ключ на Bybit, а потім напишіть мені особисто.
