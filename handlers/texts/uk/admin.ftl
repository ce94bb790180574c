## PIN, ролі, користувачі, розсилки, аудит, звіти, стан.

command-ban = Заблокувати за ID
command-unban = Розблокувати за ID
command-pin = PIN: задати, змінити, прибрати
pin-title = <b>PIN</b>
pin-about =
    Шість цифр, які я питаю перед важливими діями. Їх натискають кнопками, а не пишуть.
    Після п'яти помилок PIN блокується на 15 хвилин.
pin-none = Поки його не задано.
pin-guards-keys = Я питаю його й перед тим, як підключити чи прибрати ключ Bybit.
pin-not-for-keys = Перед тим як підключити чи прибрати ключ Bybit, я його не питаю.
pin-enter = Ваш PIN:
pin-new = Виберіть PIN, шість цифр:
pin-repeat = Ще раз, для певності:
pin-first-needed = Для цього потрібен PIN, а його ще не задано.
pin-needed = Для цього потрібен PIN. Почніть, будь ласка, знову.
pin-weak = Такий PIN надто легко вгадати.
pin-differs = Цифри не збіглися. Виберіть PIN знову:
pin-is-set = ✓ PIN задано.
pin-removed = ✓ PIN прибрано.
pin-canceled = Скасовано. Нічого не зроблено.
pin-six-digits = PIN – це шість цифр.
pin-wrong =
    { $count ->
        [one] Неправильно. Залишилася { $count } спроба.
        [few] Неправильно. Залишилися { $count } спроби.
       *[many] Неправильно. Залишилося { $count } спроб.
    }
pin-is-locked = ⛔ Забагато помилок. Наступна спроба о { $time }. Власники про це знають.
pin-forget-usage = Напишіть числовий ID: <code>/pin forget 1002</code>
pin-has-none = Користувач { $user } не має PIN.
pin-forgotten-of = ✓ PIN користувача { $user } прибрано. Новий він вибере, коли той знадобиться.
button-pin-set = Задати PIN
button-pin-change = Змінити
button-pin-remove = Прибрати
button-pin-back = ⌫
button-pin-guard-keys = Питати й для ключів
button-pin-leave-keys = Не питати для ключів
promise-pin-locked = ⛔ П'ять неправильних PIN у користувача { $user }: його PIN заблоковано до { $until }.
promise-pin-forgotten = Власник прибрав ваш PIN. Виберіть новий: /pin.

command-users = Користувачі: пошук, фільтри, картки
command-grant = Видати ліцензію
command-role = Призначити адміна чи підтримку
command-broadcast = Повідомлення багатьом
command-audit = Хто що робив
command-report = Цифри, текстом і картинкою
command-health = Стан бота

users-title =
    <b>{ $shown ->
        [day] Заходили за 24 години
        [week] Заходили за 7 днів
        [banned] Заблоковані
        [trial] На тріалі
        [basic] З базовою ліцензією
        [premium] З ліцензією Преміум
        [expired] Ліцензія закінчилася
        [ending] Ліцензія скінчиться за 7 днів
       *[all] Усі користувачі
    }</b>
users-filter =
    { $shown ->
        [day] 24 год
        [week] 7 дн
        [banned] Блок
        [trial] Тріал
        [basic] Базова
        [premium] Преміум
        [expired] Минула
        [ending] Кінець
       *[all] Усі
    }
users-of-campaign = <b>З кампанії №{ $campaign }</b>
users-found =
    { $count ->
        [one] <b>Знайдено за «{ $typed }»:</b> { $count }
        [few] <b>Знайдено за «{ $typed }»:</b> { $count }
       *[many] <b>Знайдено за «{ $typed }»:</b> { $count }
    }
users-none = Нікого.
users-line = { $number }. <b>{ $name }</b> · <code>{ $id }</code> · { $license } · { $age } тому{ $marks }
users-license =
    { $kind ->
        [trial] Тріал до { $date }
        [basic] Базова до { $date }
       *[premium] Преміум до { $date }
    }
users-license-ended = ліцензія закінчилася { $date }
users-no-license = без ліцензії
users-mark-banned = заблоковано
users-ask-find = Кого шукати? Надішліть ID, @ім'я, початок імені або <code>#12</code> для людей із кампанії 12.
users-find-usage = Напишіть ID, @ім'я або початок імені: <code>/users anna</code>, <code>/users #12</code>
button-users = Користувачі
button-users-find = Знайти

user-name = Користувач <b>{ $name }</b>
user-banned-name = ⛔ <b>{ $name }</b> · заблоковано
user-seen = Останній візит: { $age } тому
user-id = ID
user-role = Роль
user-language = Мова
user-zone = Часовий пояс
user-first-seen = Уперше тут
user-pin = Має PIN
user-yes = так
user-no = ні
user-positions = Відкриті позиції
user-orders = Відкриті ордери
user-trades = Угоди за 30 днів
user-redemptions = Активовано кодів
user-payments = Платежі
user-no-license = Ліцензії немає.
user-license-ended = Ліцензія закінчилася { $date }.
user-license = <b>{ $kind }</b> до { $date }
user-banked = далі { $kind }, { $start } – { $end }
user-accounts = <b>Рахунки</b>
user-account-paper = { $name }
user-account = { $name } · bybit.{ $host } · UID <code>{ $uid }</code>
user-no-errors = Помилок останнім часом не було.
user-errors = <b>Останні помилки</b> (за цими номерами їх знайдете в журналі)
user-error = <code>{ $reference }</code> · { $kind } · { $age } тому
button-user = Користувач
button-role = Роль
button-user-redeem = Активувати код за нього
button-audit = Аудит

deed-button =
    { $act ->
        [grant] Видати
        [extend] Продовжити
        [revoke] Відкликати
        [ban] Заблокувати
       *[unban] Розблокувати
    }
deed-choose-time =
    { $act ->
        [extend] <b>Продовжити ліцензію: { $name }.</b> На скільки?
       *[grant] <b>Видати ліцензію: { $name }.</b> Яку й на скільки?
    }
deed-choose-role = <b>Роль: { $name }</b> (зараз: { $role }). Якою вона буде?
deed-time-button =
    { $kind ->
        [trial] Тріал { $days } дн
        [basic] Базова { $days } дн
       *[premium] Преміум { $days } дн
    }
deed-ask-time = Вид і дні, будь ласка: <code>premium 45d</code>. Для продовження досить днів: <code>45d</code>
deed-ask-reason =
    <b>{ $name }</b>: чому? Один рядок до 300 знаків.
    Він зберігається безстроково: не пишіть у ньому імен, ID та ключів.
deed-title =
    <b>{ $act ->
        [grant] Видати ліцензію
        [extend] Продовжити ліцензію
        [revoke] Відкликати ліцензію
        [ban] Заблокувати
        [unban] Розблокувати
       *[role] Змінити роль
    }</b>
deed-who = Кому: { $name } · <code>{ $id }</code>
deed-time =
    { $days ->
        [one] { $kind }, { $days } день
        [few] { $kind }, { $days } дні
       *[many] { $kind }, { $days } днів
    }
deed-starts = Почнеться { $date }, після того, що вже є.
deed-until = Усе разом закінчиться { $date }.
revoke-line = { $mark } { $number }. <b>{ $kind }</b>, залишилося { $span } · { $origin }
revoke-takes = Знімається: { $span }.
revoke-leaves = Решта діє до { $date }.
revoke-leaves-nothing = Після цього нічого не залишається.
revoke-nothing-chosen = Нічого не вибрано: позначте, що зняти.
revoke-refund-instead = Оплачене можна повернути разом зі Stars: кнопка «Повернути».
button-grant = { $mark } { $number } · { $kind } · { $days } дн
button-fewer-days = −{ $days } дн
button-refund-payment = Повернути платіж { $number }
button-license-history = Історія ліцензії
button-payments-of = Платежі
license-history-title = <b>Історія ліцензії</b>: { $name }
license-history-none = Поки нічого не надано й не знято.
license-origin =
    { $kind ->
        [promo] промокод
        [payment] оплата
        [extension] продовження
        [trial] тріал
        [revocation] відкликання
        [refund] повернення
        [correction] поправка
       *[grant] видача
    }
origin-payment = { $origin }, платіж №{ $number }, { $stars }
origin-campaign = { $origin }, кампанія №{ $number }
history-line = { $row }. { $date } · { $what } · { $origin }
history-note =     { $note }
history-given = +{ $days } дн, { $kind }
history-taken = решта рядка { $row }
history-taken-days = −{ $days } дн з рядка { $row }
promise-desk-taken = Із часу вашої ліцензії знято { $span }. Причина: { $reason }
promise-desk-taken-all = Більше нічого не залишилося. Практика залишається безкоштовною; позиції, ордери та стопи на Bybit залишаються як є.
promise-desk-left = Решта діє до { $date }.
promise-desk-questions = Питання: /paysupport
deed-role = Роль: { $before } → { $role }
deed-reason = Причина: { $reason }
deed-confirm =
    { $act ->
        [grant] Так, видати
        [extend] Так, продовжити
        [revoke] Так, відкликати
        [ban] Так, заблокувати
        [unban] Так, розблокувати
       *[role] Так, змінити роль
    }
deed-done = ✓ Готово. Користувач отримає повідомлення.

desk-unknown-user = Користувача { $user } я не знаю.
desk-not-yourself = Із собою цього зробити не можна.
desk-not-above =
    { $role ->
        [owner] Із власником тут цього зробити не можна.
        [admin] З адміном це може зробити лише власник.
        [support] З підтримкою це може зробити лише адмін або власник.
       *[user] Ваша роль цього не дозволяє.
    }
desk-days-range = Від 1 до { $most } днів, будь ласка.
desk-nothing-to-revoke = Чинної ліцензії немає.
desk-nothing-to-extend = Чинної ліцензії немає: видайте її через /grant.
desk-ban-as-is =
    { $state ->
        [banned] Користувача вже заблоковано.
       *[free] Користувача не заблоковано.
    }
desk-role-usage = Напишіть ID і роль: <code>/role 1002 support причина</code>. Ролі: <code>admin</code>, <code>support</code>, <code>user</code>.
desk-role-as-is = Це й так його роль: { $role }.
desk-usage =
    { $act ->
        [grant] Ось так: <code>/grant 1002 premium 30d причина</code>
        [extend] Ось так: <code>/extend 1002 30d причина</code>
        [revoke] Ось так: <code>/revoke 1002 причина</code>
        [ban] Ось так: <code>/ban 1002 причина</code>
        [unban] Ось так: <code>/unban 1002 причина</code>
       *[role] Ось так: <code>/role 1002 support причина</code>
    }
desk-time-usage = Ось так: <code>premium 45d</code>
desk-reason-missing = Потрібна причина, одним рядком.
promise-desk-granted =
    { $days ->
        [one] Вам видано ліцензію «<b>{ $kind }</b>» на { $days } день. Тепер ліцензія діє до { $date }.
        [few] Вам видано ліцензію «<b>{ $kind }</b>» на { $days } дні. Тепер ліцензія діє до { $date }.
       *[many] Вам видано ліцензію «<b>{ $kind }</b>» на { $days } днів. Тепер ліцензія діє до { $date }.
    }
promise-desk-revoked = Вашу ліцензію відкликано. Нових входів за нею немає; позиції, ордери та стопи на Bybit залишаються як є.
promise-desk-role = Тепер ваша роль тут: { $role }.

broadcast-ask-text = Надішліть повідомлення таким, яким його мають побачити: із жирним шрифтом, посиланнями та всім іншим. Спершу я покажу його вам.
broadcast-audience =
    { $count ->
        [one] ↑ Саме так. Піде <b>{ $count } людині</b>. Кому надіслати?
        [few] ↑ Саме так. Піде <b>{ $count } людям</b>. Кому надіслати?
       *[many] ↑ Саме так. Піде <b>{ $count } людям</b>. Кому надіслати?
    }
broadcast-audience-empty = ↑ Саме так. Але таких людей немає. Кому надіслати?
broadcast-license =
    { $kind ->
        [none] Без ліцензії
        [trial] Тріал
        [basic] Базова
        [premium] Преміум
       *[any] Будь-яка ліцензія
    }
broadcast-every-language = Усі
broadcast-seen =
    { $when ->
        [week] Заходили за 7 днів
       *[ever] Заходили будь-коли
    }
broadcast-title =
    <b>{ $state ->
        [done] Розсилку завершено
        [stopped] Розсилку зупинено
       *[sending] Розсилка триває
    }</b>
broadcast-sent = Доставлено
broadcast-blocked = Заблокували
broadcast-failed = Не доставлено
broadcast-left = Залишилося
broadcast-unreached = Не отримали: { $ids }
broadcast-empty = У цьому повідомленні немає тексту.
broadcast-too-long = Це надто довго для одного повідомлення.
broadcast-gone = Цю розсилку вже не змінити. Почніть знову: /broadcast.
broadcast-nobody = Таких людей більше немає.
broadcast-not-running = Ця розсилка вже не триває.
button-broadcast-send =
    { $count ->
        [one] Надіслати { $count } людині
        [few] Надіслати { $count } людям
       *[many] Надіслати { $count } людям
    }
button-broadcast-stop = Зупинити
promise-broadcast-done =
    { $count ->
        [one] ✓ Розсилку завершено: доставлено { $count } людині, заблокували бота { $blocked }, не доставлено { $failed }.
        [few] ✓ Розсилку завершено: доставлено { $count } людям, заблокували бота { $blocked }, не доставлено { $failed }.
       *[many] ✓ Розсилку завершено: доставлено { $count } людям, заблокували бота { $blocked }, не доставлено { $failed }.
    }

audit-title = <b>Аудит</b>, спершу нове · { $zone }
audit-title-of = <b>Аудит: користувач { $user }</b>, спершу нове · { $zone }
audit-none = Тут нічого немає.
audit-everything = Усе
audit-area =
    { $area ->
        [promo] Промо
        [license] Ліцензії
        [payment] Платежі
        [user] Люди
        [role] Ролі
        [pin] PIN
        [broadcast] Розсилки
        [desk] Відмови
        [support] Питання
        [terms] Умови
        [key] Ключі
        [limits] Ліміти
        [entries] Входи
       *[owner] Власник
    }
audit-action =
    { $action ->
        [broadcast-done] розсилку завершено
        [broadcast-send] розсилку надіслано
        [broadcast-stop] розсилку зупинено
        [desk-denied] команду відхилено
        [entries-halt] входи зупинено для всіх
        [entries-unhalt] входи знову відкрито
        [key-attach] ключ підключено
        [key-lost] ключ втрачено разом із файлом ключа
        [key-remove] ключ прибрано
        [key-replace] ключ замінено
        [license-extend] ліцензію продовжено
        [license-grant] ліцензію видано
        [license-revoke] ліцензію відкликано
        [license-trial] тріал розпочато
        [limits-loosen] ліміти послаблено
        [limits-take-back] зміну лімітів скасовано
        [limits-tighten] ліміти посилено
        [owner-claim] власника призначено
        [payment-restore-accept] відновлену копію прийнято
        [payment-charged-back] платіж відкликано через Telegram
        [payment-credit] платіж зараховано
        [payment-stop] автопродовження зупинено
        [payment-resume] автопродовження поновлено
        [payment-refund] повернення розпочато
        [payment-refunded] платіж повернено
        [payment-unclaimed] платіж не зараховано
        [pin-change] PIN змінено
        [pin-forget] PIN прибрано
        [pin-keys-off] PIN для ключів вимкнено
        [pin-keys-on] PIN для ключів увімкнено
        [pin-locked] PIN заблоковано
        [pin-set] PIN задано
        [promo-create] кампанію створено
        [promo-edit] кампанію змінено
        [promo-pause] кампанію поставлено на паузу
        [promo-redeem] код активовано за користувача
        [promo-redeemers] переглянуто список активацій
        [promo-resume] кампанію знову відкрито
        [promo-undo] кампанію відкликано
        [promo-undo-ask] відкликання кампанії запитано
        [promo-view] переглянуто коди
        [role-set] роль змінено
        [support-close] звернення закрито
        [support-open] звернення відкрито
        [terms-accept] умови прийнято
        [user-ban] користувача заблоковано
        [user-forget] користувача видалено
        [user-forget-asked] запитано видалення
        [user-forget-taken-back] видалення скасовано
        [user-unban] користувача розблоковано
       *[other] { $name }
    }
audit-line = №{ $number } · { $time } · <b>{ $action }</b> · хто: { $actor }
audit-subject = → кому: { $subject }
audit-details = <i>{ $details }</i>
audit-bot = сам бот
audit-erased = видалений акаунт { $name }
audit-usage = Ось так: <code>/audit</code>, <code>/audit license</code>, <code>/audit 1002</code>. Розділи: { $areas }.
button-audit-newest = До нових
button-audit-older = Раніше ›
button-audit-everybody = Про всіх

report-caption = Коли заходили люди, чинні ліцензії, дохід за місяцями (зверху – повернене), шлях за промокодами. Те саме в цифрах – нижче.
report-title = <b>Звіт</b> · { $date }
report-users = <b>Користувачі</b>
report-all = Усі
report-active = Заходили за { $days } дн
report-licenses = <b>Чинні ліцензії</b>
report-ending = Скінчаться за { $days } дн
report-income = <b>Дохід за місяцями</b>, Stars (праворуч – повернено)
report-no-income = Платежів за рік не було.
report-funnel = <b>Промокоди</b>, останні кампанії
report-no-promo = Кампаній поки немає.
report-campaign = { $title }: відкрили { $opened } → активували { $redeemed } → ключі { $connected } → торгували { $traded } → заплатили { $paid }
report-traders = <b>Найкращі трейдери</b>, реалізований PnL за 30 днів з урахуванням комісій
report-no-traders = Угод поки немає.
report-trader = { $name } · <code>{ $id }</code> · { $pnl } · угод: { $fills }

health-title = <b>Perpdesk { $version }</b> · схема { $schema }
health-ready = ✓ Готовий.
health-not-ready = ⛔ Не готовий; причини дослівно, як у /readyz:
health-reason = • { $reason } (вже { $age })
health-telegram = <b>Telegram</b>
health-bybit = <b>Bybit</b>
health-cache = <b>Кеш</b>, частка відповідей з пам'яті
health-region =
    { $region ->
        [user_config] Налаштування
        [license] Ліцензії
        [credentials] Ключі
        [balance] Баланси
        [position] Позиції
        [order] Ордери
        [market_data] Ринок
        [price] Ціни
        [symbol_info] Пари
        [api_response] Відповіді Bybit
       *[other] { $region }
    }
health-millis = { $millis } мс
health-poll-age = Останнє опитування
health-updates = Оновлень у черзі
health-promises = Повідомлень у черзі
health-limited = Telegram обмежив
health-banned = Запити на паузі
health-calls = Запитів у черзі
health-clients = Клієнти
health-skew = Різниця годинників
