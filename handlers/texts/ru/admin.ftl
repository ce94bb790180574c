## PIN, роли, пользователи, рассылки, аудит, отчёты, состояние.

command-ban = Заблокировать по id
command-unban = Разблокировать по id
command-pin = PIN: задать, сменить, убрать
pin-title = <b>PIN</b>
pin-about =
    Шесть цифр, которые я спрашиваю перед важными действиями. Их нажимают, а не пишут.
    После пяти ошибок PIN закрывается на 15 минут.
pin-none = Пока он не задан.
pin-guards-keys = Он спрашивается и перед подключением или удалением ключей Bybit.
pin-not-for-keys = Перед подключением и удалением ключей Bybit он не спрашивается.
pin-enter = Ваш PIN:
pin-new = Выберите PIN, шесть цифр:
pin-repeat = Ещё раз, для верности:
pin-first-needed = Для этого нужен PIN, а он ещё не задан.
pin-needed = Для этого нужен PIN. Начните, пожалуйста, заново.
pin-weak = Такой слишком легко угадать.
pin-differs = Они не совпали. Выберите снова:
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
pin-is-locked = ⛔ Слишком много ошибок. Следующая попытка в { $time }. Владельцам сообщено.
pin-forget-usage = Напишите числовой id: <code>/pin forget 1002</code>
pin-has-none = У пользователя { $user } нет PIN.
pin-forgotten-of = ✓ PIN пользователя { $user } убран. Новый он выберет, когда тот понадобится.
button-pin-set = Задать PIN
button-pin-change = Сменить
button-pin-remove = Убрать
button-pin-back = ⌫
button-pin-guard-keys = Спрашивать и для ключей
button-pin-leave-keys = Не спрашивать для ключей
promise-pin-locked = ⛔ Пять неверных PIN у пользователя { $user }: его PIN закрыт до { $until }.
promise-pin-forgotten = Владелец убрал ваш PIN. Выберите новый: /pin.

command-users = Пользователи: поиск, фильтры, карточки
command-grant = Выдать лицензию
command-role = Назначить админа или поддержку
command-broadcast = Сообщение многим
command-audit = Кто что делал
command-report = Цифры, текстом и картинкой
command-health = Как у меня дела

users-title =
    <b>{ $shown ->
        [day] Были за 24 часа
        [week] Были за 7 дней
        [banned] Заблокированные
        [trial] На триале
        [basic] С базовой лицензией
        [premium] С премиум-лицензией
        [expired] Лицензия закончилась
        [ending] Лицензия кончается за 7 дней
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
        [few] <b>Найдены по «{ $typed }»:</b> { $count }
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
users-ask-find = Кого искать? Пришлите id, @имя, начало имени или <code>#12</code> для людей из кампании 12.
users-find-usage = Напишите id, @имя или начало имени: <code>/users anna</code>, <code>/users #12</code>
button-users = Пользователи
button-users-find = Найти

user-name = Пользователь <b>{ $name }</b>
user-banned-name = ⛔ <b>{ $name }</b> · заблокирован
user-seen = Был здесь { $age } назад
user-id = Номер (id)
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
user-errors = <b>Последние ошибки</b> (по номеру их найдёт журнал)
user-error = <code>{ $reference }</code> · { $kind } · { $age } назад
button-user = Карточка
button-role = Роль
button-user-redeem = Активировать код для него
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
    Почему? Одна строка до 300 знаков, о ком: { $name }.
    Она хранится всегда: без имён, id и ключей.
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
revoke-leaves = Остаток идёт до { $date }.
revoke-leaves-nothing = После этого ничего не остаётся.
revoke-nothing-chosen = Ничего не выбрано: отметьте, что снять.
revoke-refund-instead = Оплаченное можно вернуть вместе со Stars: кнопка «Вернуть».
button-grant = { $mark } { $number } · { $kind } · { $days } д
button-fewer-days = −{ $days } д
button-refund-payment = Вернуть платёж { $number }
button-license-history = История
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
origin-payment = { $origin }, платёж { $number }, { $stars }
origin-campaign = { $origin }, акция { $number }
history-line = { $row }. { $date } · { $what } · { $origin }
history-note =     { $note }
history-given = +{ $days } д, { $kind }
history-taken = остаток строки { $row }
history-taken-days = −{ $days } д из строки { $row }
promise-desk-taken = Из времени вашей лицензии снято { $span }. Причина: { $reason }
promise-desk-taken-all = Больше ничего не осталось. Ничего не закрывается: открытые позиции ведутся дальше, практика остаётся бесплатной.
promise-desk-left = Остаток идёт до { $date }.
promise-desk-questions = Вопросы: /paysupport
deed-role = Была: { $before }, будет: { $role }
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
deed-done = ✓ Сделано, человеку сообщено.

desk-unknown-user = Пользователя { $user } я не знаю.
desk-not-yourself = С собой так нельзя.
desk-not-above =
    { $role ->
        [owner] Владельца здесь не трогают.
        [admin] С админом так может только владелец.
        [support] С поддержкой так может только админ или владелец.
       *[user] Ваша роль этого не позволяет.
    }
desk-days-range = От 1 до { $most } дней, пожалуйста.
desk-nothing-to-revoke = Действующей лицензии нет.
desk-nothing-to-extend = Действующей лицензии нет: выдайте её через /grant.
desk-ban-as-is =
    { $state ->
        [banned] Уже заблокирован.
       *[free] И так не заблокирован.
    }
desk-role-usage = Напишите id и роль: <code>/role 1002 support причина</code>. Роли: admin, support, user.
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
promise-desk-revoked = Ваша лицензия отозвана. Новые входы остановлены; открытые позиции сопровождаются дальше, закрыть их можно в любой момент.
promise-desk-role = Ваша роль здесь теперь: { $role }.

broadcast-ask-text = Пришлите сообщение таким, каким его увидят: с жирным, ссылками и всем прочим. Прежде чем что-то уйдёт, я покажу его вам.
broadcast-audience =
    { $count ->
        [one] ↑ Именно так. Уйдёт <b>{ $count } человеку</b>. Кому отправить?
        [few] ↑ Именно так. Уйдёт <b>{ $count } людям</b>. Кому отправить?
       *[many] ↑ Именно так. Уйдёт <b>{ $count } людям</b>. Кому отправить?
    }
broadcast-audience-empty = ↑ Именно так. Но никто не подходит. Кому отправить?
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
        [week] Были за 7 дней
       *[ever] Были когда угодно
    }
broadcast-title =
    <b>{ $state ->
        [done] Рассылка: готово
        [stopped] Рассылка: остановлена
       *[sending] Рассылка: идёт
    }</b>
broadcast-sent = Доставлено
broadcast-blocked = Заблокировали меня
broadcast-failed = Не доставить
broadcast-left = Ещё впереди
broadcast-unreached = Не получили: { $ids }
broadcast-empty = Текста в этом нет.
broadcast-too-long = Для одного сообщения это слишком длинно.
broadcast-gone = Эту рассылку уже не изменить. Начните заново: /broadcast.
broadcast-nobody = Уже никто не подходит.
broadcast-not-running = Она уже не идёт.
button-broadcast-send =
    { $count ->
        [one] Отправить { $count } человеку
        [few] Отправить { $count } людям
       *[many] Отправить { $count } людям
    }
button-broadcast-stop = Остановить
promise-broadcast-done =
    { $count ->
        [one] ✓ Рассылка готова: доставлено { $count } человеку, заблокировали { $blocked }, не доставить { $failed }.
        [few] ✓ Рассылка готова: доставлено { $count } людям, заблокировали { $blocked }, не доставить { $failed }.
       *[many] ✓ Рассылка готова: доставлено { $count } людям, заблокировали { $blocked }, не доставить { $failed }.
    }

audit-title = <b>Аудит</b>, сначала новое · { $zone }
audit-title-of = <b>Аудит пользователя { $user }</b>, сначала новое · { $zone }
audit-none = Здесь ничего нет.
audit-everything = Всё
audit-line = #{ $number } · { $time } · <b>{ $action }</b> · кто: { $actor }
audit-subject = → кому: { $subject }
audit-details = <i>{ $details }</i>
audit-bot = сам бот
audit-erased = удалён { $name }
audit-usage = Вот так: <code>/audit</code>, <code>/audit license</code>, <code>/audit 1002</code>. Разделы: { $areas }.
button-audit-newest = Новое
button-audit-older = Раньше ›
button-audit-everybody = Обо всех

report-caption = Цифры на эту минуту; числа ниже.
report-title = <b>Отчёт</b> · { $date }
report-users = <b>Пользователи</b>
report-all = Все
report-active = Были за { $days } дн
report-licenses = <b>Действующие лицензии</b>
report-ending = Кончаются за { $days } дн
report-income = <b>Доход по месяцам</b>, Stars (справа возвращённое)
report-no-income = Платежей за год не было.
report-funnel = <b>Промокоды</b>, последние кампании
report-no-promo = Кампаний пока нет.
report-campaign = { $title }: открыли { $opened } → активировали { $redeemed } → ключи { $connected } → торговали { $traded } → платили { $paid }
report-traders = <b>Лучшие трейдеры</b>, зафиксировано за 30 дней, с комиссиями
report-no-traders = Сделок пока нет.
report-trader = { $name } · <code>{ $id }</code> · { $pnl } · сделок: { $fills }

health-title = <b>Perpdesk { $version }</b> · схема { $schema }
health-ready = ✓ Готов.
health-not-ready = ⛔ Не готов:
health-reason = • Причина: { $reason }
health-telegram = <b>Telegram и чат</b>
health-bybit = <b>Связь с Bybit</b>
health-cache = <b>Кэш</b>, ответы из памяти
health-poll-age = Последний опрос
health-updates = Ждут обновлений
health-promises = Ждут сообщений
health-limited = Telegram ограничил
health-banned = Запросы стоят
health-calls = Ждут запросов
health-clients = Клиенты
health-skew = Разница часов
