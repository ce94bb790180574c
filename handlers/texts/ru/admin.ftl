## PIN, роли, пользователи, рассылки, аудит, отчёты, состояние.

command-ban = Заблокировать по ID
command-unban = Разблокировать по ID
command-pin = PIN: задать, сменить, убрать
pin-title = <b>PIN</b>
pin-about =
    Шесть цифр, которые я спрашиваю перед важными действиями. Их нажимают кнопками, а не пишут.
    После пяти ошибок PIN блокируется на 15 минут.
pin-none = Пока он не задан.
pin-guards-keys = Я спрашиваю его и перед тем, как подключить или убрать ключ Bybit.
pin-not-for-keys = Перед тем как подключить или убрать ключ Bybit, я его не спрашиваю.
pin-enter = Ваш PIN:
pin-new = Выберите PIN, шесть цифр:
pin-repeat = Ещё раз, для верности:
pin-first-needed = Для этого нужен PIN, а он ещё не задан.
pin-needed = Для этого нужен PIN. Начните, пожалуйста, заново.
pin-weak = Такой PIN слишком легко угадать.
pin-differs = Цифры не совпали. Выберите PIN снова:
pin-is-set = ✓ PIN задан.
pin-removed = ✓ PIN убран.
pin-canceled = Отменено. Ничего не сделано.
pin-six-digits = PIN – это шесть цифр.
pin-wrong =
    { $count ->
        [one] Неверно. Осталась { $count } попытка.
        [few] Неверно. Остались { $count } попытки.
       *[many] Неверно. Осталось { $count } попыток.
    }
pin-is-locked = ⛔ Слишком много ошибок. Следующая попытка в { $time }. Владельцы об этом знают.
pin-forget-usage = Напишите числовой ID: <code>/pin forget 1002</code>
pin-has-none = У пользователя { $user } нет PIN.
pin-forgotten-of = ✓ PIN пользователя { $user } убран. Новый он выберет, когда тот понадобится.
button-pin-set = Задать PIN
button-pin-change = Сменить
button-pin-remove = Убрать
button-pin-back = ⌫
button-pin-guard-keys = Спрашивать и для ключей
button-pin-leave-keys = Не спрашивать для ключей
promise-pin-locked = ⛔ Пять неверных PIN у пользователя { $user }: его PIN заблокирован до { $until }.
promise-pin-forgotten = Владелец убрал ваш PIN. Выберите новый: /pin.

command-users = Пользователи: поиск, фильтры, карточки
command-grant = Выдать лицензию
command-role = Назначить админа или поддержку
command-broadcast = Сообщение многим
command-audit = Кто что делал
command-report = Цифры, текстом и картинкой
command-health = Состояние бота

users-title =
    <b>{ $shown ->
        [day] Заходили за 24 часа
        [week] Заходили за 7 дней
        [banned] Заблокированные
        [trial] На триале
        [basic] С базовой лицензией
        [premium] С лицензией Премиум
        [expired] Лицензия закончилась
        [ending] Лицензия кончится за 7 дней
       *[all] Все пользователи
    }</b>
users-filter =
    { $shown ->
        [day] 24 ч
        [week] 7 дн
        [banned] Блок
        [trial] Триал
        [basic] Базовая
        [premium] Премиум
        [expired] Истекла
        [ending] Кончается
       *[all] Все
    }
users-of-campaign = <b>Из кампании №{ $campaign }</b>
users-found =
    { $count ->
        [one] <b>Найден по «{ $typed }»:</b> { $count }
        [few] <b>Найдено по «{ $typed }»:</b> { $count }
       *[many] <b>Найдено по «{ $typed }»:</b> { $count }
    }
users-none = Никого.
users-line = { $number }. <b>{ $name }</b> · <code>{ $id }</code> · { $license } · { $age } назад{ $marks }
users-license =
    { $kind ->
        [trial] Триал до { $date }
        [basic] Базовая до { $date }
       *[premium] Премиум до { $date }
    }
users-license-ended = лицензия закончилась { $date }
users-no-license = без лицензии
users-mark-banned = заблокирован
users-ask-find = Кого искать? Пришлите ID, @имя, начало имени или <code>#12</code> для людей из кампании 12.
users-find-usage = Напишите ID, @имя или начало имени: <code>/users anna</code>, <code>/users #12</code>
button-users = Пользователи
button-users-find = Найти

user-name = Пользователь <b>{ $name }</b>
user-banned-name = ⛔ <b>{ $name }</b> · заблокирован
user-seen = Последний визит: { $age } назад
user-id = ID
user-role = Роль
user-language = Язык
user-zone = Часовой пояс
user-first-seen = Впервые здесь
user-pin = Есть PIN
user-yes = да
user-no = нет
user-positions = Открытые позиции
user-orders = Открытые ордера
user-trades = Сделки за 30 дней
user-redemptions = Активировано кодов
user-payments = Платежи
user-no-license = Лицензии нет.
user-license-ended = Лицензия закончилась { $date }.
user-license = <b>{ $kind }</b> до { $date }
user-banked = затем { $kind }, { $start } – { $end }
user-accounts = <b>Счета</b>
user-account-paper = { $name }
user-account = { $name } · bybit.{ $host } · UID <code>{ $uid }</code>
user-no-errors = Ошибок в последнее время не было.
user-errors = <b>Последние ошибки</b> (по этим номерам их найдёте в журнале)
user-error = <code>{ $reference }</code> · { $kind } · { $age } назад
button-user = Пользователь
button-role = Роль
button-user-redeem = Активировать код за него
button-audit = Аудит

deed-button =
    { $act ->
        [grant] Выдать
        [extend] Продлить
        [revoke] Отозвать
        [ban] Заблокировать
       *[unban] Разблокировать
    }
deed-choose-time =
    { $act ->
        [extend] <b>Продлить лицензию: { $name }.</b> На сколько?
       *[grant] <b>Выдать лицензию: { $name }.</b> Какую и на сколько?
    }
deed-choose-role = <b>Роль: { $name }</b> (сейчас: { $role }). Какой она будет?
deed-time-button =
    { $kind ->
        [trial] Триал { $days } дн
        [basic] Базовая { $days } дн
       *[premium] Премиум { $days } дн
    }
deed-ask-time = Вид и дни, пожалуйста: <code>premium 45d</code>. Для продления хватит дней: <code>45d</code>
deed-ask-reason =
    <b>{ $name }</b>: почему? Одна строка до 300 знаков.
    Она хранится бессрочно: не пишите в ней имён, ID и ключей.
deed-title =
    <b>{ $act ->
        [grant] Выдать лицензию
        [extend] Продлить лицензию
        [revoke] Отозвать лицензию
        [ban] Заблокировать
        [unban] Разблокировать
       *[role] Сменить роль
    }</b>
deed-who = Кому: { $name } · <code>{ $id }</code>
deed-time =
    { $days ->
        [one] { $kind }, { $days } день
        [few] { $kind }, { $days } дня
       *[many] { $kind }, { $days } дней
    }
deed-starts = Начнётся { $date }, после того, что уже есть.
deed-until = Всё вместе закончится { $date }.
revoke-line = { $mark } { $number }. <b>{ $kind }</b>, осталось { $span } · { $origin }
revoke-takes = Снимается: { $span }.
revoke-leaves = Остаток действует до { $date }.
revoke-leaves-nothing = После этого ничего не остаётся.
revoke-nothing-chosen = Ничего не выбрано: отметьте, что снять.
revoke-refund-instead = Оплаченное можно вернуть вместе со Stars: кнопка «Вернуть».
button-grant = { $mark } { $number } · { $kind } · { $days } дн
button-fewer-days = −{ $days } дн
button-refund-payment = Вернуть платёж { $number }
button-license-history = История лицензии
button-payments-of = Платежи
license-history-title = <b>История лицензии</b>: { $name }
license-history-none = Пока ничего не дано и не снято.
license-origin =
    { $kind ->
        [promo] промокод
        [payment] оплата
        [extension] продление
        [trial] триал
        [revocation] отзыв
        [refund] возврат
        [correction] поправка
       *[grant] выдача
    }
origin-payment = { $origin }, платёж №{ $number }, { $stars }
origin-campaign = { $origin }, кампания №{ $number }
history-line = { $row }. { $date } · { $what } · { $origin }
history-note =     { $note }
history-given = +{ $days } дн, { $kind }
history-taken = остаток строки { $row }
history-taken-days = −{ $days } дн из строки { $row }
promise-desk-taken = Из времени вашей лицензии снято { $span }. Причина: { $reason }
promise-desk-taken-all = Больше ничего не осталось. Практика остаётся бесплатной; позиции, ордера и стопы на Bybit остаются как есть.
promise-desk-left = Остаток действует до { $date }.
promise-desk-questions = Вопросы: /paysupport
deed-role = Роль: { $before } → { $role }
deed-reason = Причина: { $reason }
deed-confirm =
    { $act ->
        [grant] Да, выдать
        [extend] Да, продлить
        [revoke] Да, отозвать
        [ban] Да, заблокировать
        [unban] Да, разблокировать
       *[role] Да, сменить роль
    }
deed-done = ✓ Готово. Пользователь получит сообщение.

desk-unknown-user = Пользователя { $user } я не знаю.
desk-not-yourself = С собой этого сделать нельзя.
desk-not-above =
    { $role ->
        [owner] С владельцем здесь этого сделать нельзя.
        [admin] С админом это может сделать только владелец.
        [support] С поддержкой это может сделать только админ или владелец.
       *[user] Ваша роль этого не позволяет.
    }
desk-days-range = От 1 до { $most } дней, пожалуйста.
desk-nothing-to-revoke = Действующей лицензии нет.
desk-nothing-to-extend = Действующей лицензии нет: выдайте её через /grant.
desk-ban-as-is =
    { $state ->
        [banned] Пользователь уже заблокирован.
       *[free] Пользователь не заблокирован.
    }
desk-role-usage = Напишите ID и роль: <code>/role 1002 support причина</code>. Роли: <code>admin</code>, <code>support</code>, <code>user</code>.
desk-role-as-is = Это и так его роль: { $role }.
desk-usage =
    { $act ->
        [grant] Вот так: <code>/grant 1002 premium 30d причина</code>
        [extend] Вот так: <code>/extend 1002 30d причина</code>
        [revoke] Вот так: <code>/revoke 1002 причина</code>
        [ban] Вот так: <code>/ban 1002 причина</code>
        [unban] Вот так: <code>/unban 1002 причина</code>
       *[role] Вот так: <code>/role 1002 support причина</code>
    }
desk-time-usage = Вот так: <code>premium 45d</code>
desk-reason-missing = Нужна причина, одной строкой.
promise-desk-granted =
    { $days ->
        [one] Вам выдана лицензия «<b>{ $kind }</b>» на { $days } день. Теперь лицензия действует до { $date }.
        [few] Вам выдана лицензия «<b>{ $kind }</b>» на { $days } дня. Теперь лицензия действует до { $date }.
       *[many] Вам выдана лицензия «<b>{ $kind }</b>» на { $days } дней. Теперь лицензия действует до { $date }.
    }
promise-desk-revoked = Ваша лицензия отозвана. Новых входов по ней нет; позиции, ордера и стопы на Bybit остаются как есть.
promise-desk-role = Теперь ваша роль здесь: { $role }.

broadcast-ask-text = Пришлите сообщение таким, каким его должны увидеть: с жирным шрифтом, ссылками и всем прочим. Сначала я покажу его вам.
broadcast-audience =
    { $count ->
        [one] ↑ Именно так. Уйдёт <b>{ $count } человеку</b>. Кому отправить?
        [few] ↑ Именно так. Уйдёт <b>{ $count } людям</b>. Кому отправить?
       *[many] ↑ Именно так. Уйдёт <b>{ $count } людям</b>. Кому отправить?
    }
broadcast-audience-empty = ↑ Именно так. Но таких людей нет. Кому отправить?
broadcast-license =
    { $kind ->
        [none] Без лицензии
        [trial] Триал
        [basic] Базовая
        [premium] Премиум
       *[any] Любая лицензия
    }
broadcast-every-language = Все
broadcast-seen =
    { $when ->
        [week] Заходили за 7 дней
       *[ever] Заходили когда угодно
    }
broadcast-title =
    <b>{ $state ->
        [done] Рассылка завершена
        [stopped] Рассылка остановлена
       *[sending] Рассылка идёт
    }</b>
broadcast-sent = Доставлено
broadcast-blocked = Заблокировали
broadcast-failed = Не доставлено
broadcast-left = Осталось
broadcast-unreached = Не получили: { $ids }
broadcast-empty = В этом сообщении нет текста.
broadcast-too-long = Это слишком длинно для одного сообщения.
broadcast-gone = Эту рассылку уже не изменить. Начните заново: /broadcast.
broadcast-nobody = Таких людей больше нет.
broadcast-not-running = Эта рассылка уже не идёт.
button-broadcast-send =
    { $count ->
        [one] Отправить { $count } человеку
        [few] Отправить { $count } людям
       *[many] Отправить { $count } людям
    }
button-broadcast-stop = Остановить
promise-broadcast-done =
    { $count ->
        [one] ✓ Рассылка завершена: доставлено { $count } человеку, заблокировали бота { $blocked }, не доставлено { $failed }.
        [few] ✓ Рассылка завершена: доставлено { $count } людям, заблокировали бота { $blocked }, не доставлено { $failed }.
       *[many] ✓ Рассылка завершена: доставлено { $count } людям, заблокировали бота { $blocked }, не доставлено { $failed }.
    }

audit-title = <b>Аудит</b>, сначала новое · { $zone }
audit-title-of = <b>Аудит: пользователь { $user }</b>, сначала новое · { $zone }
audit-none = Здесь ничего нет.
audit-everything = Всё
audit-area =
    { $area ->
        [promo] Промо
        [license] Лицензии
        [payment] Платежи
        [user] Люди
        [role] Роли
        [pin] PIN
        [broadcast] Рассылки
        [desk] Отказы
        [support] Вопросы
        [terms] Условия
        [key] Ключи
        [limits] Лимиты
        [entries] Входы
       *[owner] Владелец
    }
audit-action =
    { $action ->
        [broadcast-done] рассылка завершена
        [broadcast-send] рассылка отправлена
        [broadcast-stop] рассылка остановлена
        [desk-denied] команда отклонена
        [entries-halt] входы остановлены для всех
        [entries-unhalt] входы снова открыты
        [key-attach] ключ подключён
        [key-lost] ключ утерян вместе с файлом ключа
        [key-remove] ключ убран
        [key-replace] ключ заменён
        [license-extend] лицензия продлена
        [license-grant] лицензия выдана
        [license-revoke] лицензия отозвана
        [license-trial] триал начат
        [limits-loosen] лимиты ослаблены
        [limits-take-back] изменение лимитов отменено
        [limits-tighten] лимиты ужесточены
        [owner-claim] владелец назначен
        [payment-restore-accept] восстановленная копия принята
        [payment-charged-back] платёж отозван через Telegram
        [payment-credit] платёж зачтён
        [payment-stop] автопродление остановлено
        [payment-resume] автопродление возобновлено
        [payment-refund] возврат начат
        [payment-refunded] платёж возвращён
        [payment-unclaimed] платёж не зачтён
        [pin-change] PIN сменён
        [pin-forget] PIN убран
        [pin-keys-off] PIN для ключей выключен
        [pin-keys-on] PIN для ключей включён
        [pin-locked] PIN заблокирован
        [pin-set] PIN задан
        [promo-create] кампания создана
        [promo-edit] кампания изменена
        [promo-pause] кампания поставлена на паузу
        [promo-redeem] код активирован за пользователя
        [promo-redeemers] просмотрен список активаций
        [promo-resume] кампания снова открыта
        [promo-undo] кампания отозвана
        [promo-undo-ask] отзыв кампании запрошен
        [promo-view] просмотрены коды
        [role-set] роль изменена
        [support-close] обращение закрыто
        [support-open] обращение открыто
        [terms-accept] условия приняты
        [user-ban] пользователь заблокирован
        [user-forget] пользователь удалён
        [user-forget-asked] запрошено удаление
        [user-forget-taken-back] удаление отменено
        [user-unban] пользователь разблокирован
       *[other] { $name }
    }
audit-line = №{ $number } · { $time } · <b>{ $action }</b> · кто: { $actor }
audit-subject = → кому: { $subject }
audit-details = <i>{ $details }</i>
audit-bot = сам бот
audit-erased = удалённый аккаунт { $name }
audit-usage = Вот так: <code>/audit</code>, <code>/audit license</code>, <code>/audit 1002</code>. Разделы: { $areas }.
button-audit-newest = К новым
button-audit-older = Раньше ›
button-audit-everybody = Обо всех

report-caption = Когда заходили люди, действующие лицензии, доход по месяцам (сверху – возвращённое), путь по промокодам. То же в цифрах – ниже.
report-title = <b>Отчёт</b> · { $date }
report-users = <b>Пользователи</b>
report-all = Все
report-active = Заходили за { $days } дн
report-licenses = <b>Действующие лицензии</b>
report-ending = Кончатся за { $days } дн
report-income = <b>Доход по месяцам</b>, Stars (справа – возвращено)
report-no-income = Платежей за год не было.
report-funnel = <b>Промокоды</b>, последние кампании
report-no-promo = Кампаний пока нет.
report-campaign = { $title }: открыли { $opened } → активировали { $redeemed } → ключи { $connected } → торговали { $traded } → заплатили { $paid }
report-traders = <b>Лучшие трейдеры</b>, реализованный PnL за 30 дней с учётом комиссий
report-no-traders = Сделок пока нет.
report-trader = { $name } · <code>{ $id }</code> · { $pnl } · сделок: { $fills }

health-title = <b>Perpdesk { $version }</b> · схема { $schema }
health-ready = ✓ Готов.
health-not-ready = ⛔ Не готов; причины дословно, как в /readyz:
health-reason = • { $reason } (уже { $age })
health-telegram = <b>Telegram</b>
health-bybit = <b>Bybit</b>
health-cache = <b>Кеш</b>, доля ответов из памяти
health-region =
    { $region ->
        [user_config] Настройки
        [license] Лицензии
        [credentials] Ключи
        [balance] Балансы
        [position] Позиции
        [order] Ордера
        [market_data] Рынок
        [price] Цены
        [symbol_info] Пары
        [api_response] Ответы Bybit
       *[other] { $region }
    }
health-millis = { $millis } мс
health-poll-age = Последний опрос
health-updates = Обновлений в очереди
health-promises = Сообщений в очереди
health-limited = Telegram ограничил
health-banned = Запросы на паузе
health-calls = Запросов в очереди
health-clients = Клиенты
health-skew = Разница часов
