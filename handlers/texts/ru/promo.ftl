## Промокоды: как их активируют, и сторона администраторов.

command-redeem = Активировать промокод
command-promo = Промокоды: создать, следить, остановить

month-short =
    { $month ->
        [1] янв
        [2] фев
        [3] мар
        [4] апр
        [5] мая
        [6] июн
        [7] июл
        [8] авг
        [9] сен
        [10] окт
        [11] ноя
       *[12] дек
    }
promo-gift =
    { $days ->
        [one] { $kind } на { $days } день
        [few] { $kind } на { $days } дня
       *[many] { $kind } на { $days } дней
    }

redeem-ask = Пришлите промокод.
redeem-before = Вы уже активировали:
redeem-before-line = { $at }: { $gift }, до { $until }
redeem-offer = 🎁 <b>Этот код добавит: { $gift }.</b>
redeem-starts-now = Начнётся сразу и продлится до { $until }.
redeem-starts-after = Начнётся после { $start } и продлится до { $until }.
redeem-done = ✓ Добавлено: { $gift }, до { $until }.
redeem-used = Вы использовали его { $at }: { $gift }, до { $until }.
redeem-not-valid = Такого кода нет, или он уже не действует. Если должен действовать, проверьте каждую букву; пробелы, дефисы и регистр не важны.
redeem-refused =
    { $reason ->
        [used-up] Этот код исчерпан: он был на определённое число человек, и все его уже активировали.
        [ended] Этот код можно было активировать до { $date }.
        [paused] Этот код сейчас на паузе. Попробуйте позже.
        [early] Этот код можно активировать с { $date }.
        [another-used] Другой код этой кампании уже активирован, а каждому положен один.
       *[called-back] Этот код отозван.
    }
redeem-too-many = Слишком много попыток. Следующая в { $time }.
redeem-too-many-admin =
    { $count ->
        [one] Это { $count } неверный код за 15 минут: больше админу нельзя. Следующий в { $time }.
        [few] Это { $count } неверных кода за 15 минут: больше админу нельзя. Следующий в { $time }.
       *[many] Это { $count } неверных кодов за 15 минут: больше админу нельзя. Следующий в { $time }.
    }
redeem-is-it-a-code = <code>{ $code }</code>: это промокод?
redeem-suggestion = Здесь есть кириллица. Вы имели в виду <code>{ $code }</code>?
redeem-for-offer = 🎁 <b>Для пользователя { $user }: { $gift }.</b>
redeem-for-done = ✓ Пользователю { $user } добавлено: { $gift }, до { $until }. Он получит сообщение.
redeem-for-used = Пользователь { $user } использовал его { $at }: { $gift }, до { $until }.
redeem-for-usage = Напишите код и числовой ID: <code>/promo redeem SPRING26 12345</code>
redeem-for-ask = Пришлите код для пользователя { $user }.
button-redeem = Активировать
button-use-it = Да, этот
button-ask-support = Спросить поддержку

promo-title = <b>Промокоды</b>
promo-hint = Что даст новый код? Можно и одной строкой: <code>/promo new premium 30d max=100 until=2026-12-31</code>, а по желанию <code>code=SPRING26 count=500 from=2026-11-01 note=…</code>
promo-ask-days = { $kind }: на сколько дней?
promo-ask-uses = { $gift }: сколько человек могут его использовать?
promo-days =
    { $days ->
        [one] { $kind }, { $days } день
        [few] { $kind }, { $days } дня
       *[many] { $kind }, { $days } дней
    }
promo-uses =
    { $uses ->
        [one] { $uses } активация
        [few] { $uses } активации
       *[many] { $uses } активаций
    }
promo-codes =
    { $count ->
        [one] { $count } код
        [few] { $count } кода
       *[many] { $count } кодов
    }
promo-once = по одному на человека
promo-repeat = можно несколько на человека
promo-from = с { $date }
promo-until = до { $date }
promo-endless = без срока
promo-new = <b>Новый промокод</b>
promo-own = Код: <code>{ $code }</code>
promo-note = Заметка: { $note }
promo-unsaid =
    { $option ->
        [max] Число активаций не указано, поэтому одна: <code>max=100</code>
       *[until] Срок не указан, поэтому 90 дней: <code>until=2026-12-31</code> или <code>until=never</code>
    }
promo-line = Нужно иначе? Поправьте эту строку и отправьте: <code>{ $line }</code>
promo-sure = ⚠️ <b>Это очень много.</b> Вы уверены?
promo-making =
    { $count ->
        [one] ⏳ Делаю { $count } код, готово { $done }
        [few] ⏳ Делаю { $count } кода, готово { $done }
       *[many] ⏳ Делаю { $count } кодов, готово { $done }
    }
promo-created = ✓ Кампания №{ $campaign } открыта.
promo-csv-caption = Кампания №{ $campaign }: коды и ссылки
promo-shown = Кампания №{ $campaign }
promo-link = Ссылка: { $link }
promo-forward = 🎁 { $gift } в Perpdesk, боте для вашего счёта Bybit! Откройте { $link } и нажмите «Активировать» или отправьте <code>/redeem { $code }</code> боту @{ $bot }.
promo-forward-until = Действует до { $date }.
promo-list-empty = Кампаний пока нет.
promo-list-line = №{ $campaign } { $mark } { $gift }: { $uses }/{ $capacity }
promo-card-title = <b>Кампания №{ $campaign }</b> { $mark }
promo-state =
    { $state ->
        [active] Она открыта.
        [paused] Она на паузе: активировать код нельзя.
        [early] Она ещё не началась.
        [over] Её срок вышел.
        [full] Все активации использованы.
       *[undone] Она отозвана.
    }
promo-by = Создал { $user }, { $date }.
promo-by-nobody = Создана { $date }.
promo-undo-waits = { $user } просит её отозвать, { $date }.
promo-funnel-opened = Открыли
promo-funnel-redeemed = Активировали
promo-funnel-connected = Подключили ключ
promo-funnel-traded = Торговали
promo-funnel-paid = Заплатили
promo-as-of = <i>По состоянию на { $date }</i>
promo-edit-title = <b>Изменить кампанию №{ $campaign }</b>
promo-edit-ask = Что изменить? <code>max=200</code>, <code>until=2026-12-31</code>, <code>until=never</code>, <code>note=…</code>, одно или несколько.
promo-edit-before = Сейчас: { $terms }
promo-edit-after = Станет: { $terms }
promo-edit-no-note = Заметка удаляется.
promo-edit-more = Это больше, чем сейчас, поэтому я спрошу PIN.
promo-edit-usage = Вот так: <code>/promo edit 12 max=200 until=2026-12-31 note=spring</code> или <code>until=never</code>. Вид и дни остаются прежними.
promo-edit-past = Этот день уже прошёл. Чтобы закончить сейчас, поставьте её на паузу.
promo-edit-same = Кампания №{ $campaign } уже такая.
promo-edit-used = Один из её кодов уже активирован, раз: { $uses }. Меньше в <code>max=</code> нельзя.
promo-redeemers = <b>Кто активировал коды кампании №{ $campaign }</b>
promo-redeemers-none = Пока никто.
promo-redeemer = { $at } · { $name } · <code>{ $user }</code> · { $state }
promo-redeemer-erased = { $at } · удалённый аккаунт · <code>{ $pseudonym }</code>
promo-redeemer-by-admin = через админа
promo-redeemer-state =
    { $state ->
        [active] осталось { $left }
        [called-back] отозвано
       *[over] ничего не осталось
    }
promo-pinned = ✓ Закреплено. Обновляю каждый час.
promo-not-pinned = Telegram не дал закрепить. Карточка выше.
promo-undo-title = <b>Отозвать кампанию №{ $campaign }?</b>
promo-undo-what =
    { $people ->
        [one] { $people } человек потеряет всего { $span } неиспользованного времени. Оплаченное останется. Он получит сообщение.
        [few] { $people } человека потеряют всего { $span } неиспользованного времени. Оплаченное останется. Они получат сообщение.
       *[many] { $people } человек потеряют всего { $span } неиспользованного времени. Оплаченное останется. Они получат сообщение.
    }
promo-undo-nobody = Ни у кого ничего от неё не осталось, поэтому никто ничего не потеряет. Код перестанет действовать навсегда.
promo-undo-more = … и другие, у кого меньше
promo-undo-ask = С тех пор как вы её создали, прошло больше 15 минут, поэтому нужно согласие второго админа; если его нет, должны пройти 24 часа.
promo-undo-ask-other = Её создал другой админ, поэтому согласиться должны двое; если второго нет, должны пройти 24 часа.
promo-undo-agree = Об этом просит { $user }. Если вы согласны, она будет отозвана сразу.
promo-undo-wait-admin = Вы попросили об отзыве. Теперь должен согласиться другой админ: <code>/promo undo { $campaign }</code>
promo-undo-wait = Вы попросили об отзыве, а других админов нет: это можно сделать с { $date }.
promo-undo-asked = ✓ Записано. Просьба действует семь дней.
promo-undoing = ⏳ Отзываю, готово { $done }
promo-undone-done = ✓ Кампания №{ $campaign } отозвана; все, кого это касается, получат сообщение.

promo-bad-type = Есть виды <code>trial</code>, <code>basic</code> и <code>premium</code>, но не «{ $word }».
promo-bad-days = Дни – целое число от 1 до { $most }: <code>30d</code>
promo-bad-uses = Активации – целое число от 1 до { $most }: <code>max=100</code>
promo-bad-count = Коды – целое число от 1 до { $most }: <code>count=500</code>
promo-bad-date = Дата нужна в таком виде: <code>until=2026-12-31</code>; она по UTC.
promo-until-past = Она кончится раньше, чем начнётся. Поставьте <code>until=</code> позже.
promo-own-code = В своём коде может быть от { $shortest } до { $longest } латинских букв и цифр.
promo-own-code-once = Свой код бывает только один: уберите <code>count=</code> или <code>code=</code>.
promo-code-taken = Код, который читается так же, уже есть (O – это 0, I и L – это 1). Возьмите другой.
promo-new-usage = Вот так: <code>/promo new premium 30d max=100 until=2026-12-31 code=SPRING26 note=spring</code>. Обязательны только вид и дни; можно ещё <code>count=500</code>, <code>from=2026-11-01</code>, <code>until=never</code>, <code>repeat=yes</code>.
promo-usage = Вот так, с номером кампании: <code>/promo card 12</code>. Вместо <code>card</code>: <code>show</code>, <code>codes</code>, <code>used</code>, <code>edit</code>, <code>pause</code>, <code>resume</code>, <code>undo</code>. Ещё есть <code>new</code>, <code>list</code>, <code>redeem</code>.
promo-unknown = Кампании №{ $campaign } нет. Список: /promo.
promo-undone = Кампания №{ $campaign } отозвана, и это не изменить.
promo-unknown-user = Пользователя { $user } я не знаю: пусть сначала отправит /start.
promo-used-before-forget = Этот аккаунт Telegram ввёл код этой кампании до того, как его данные удалили; каждому даётся один.

button-promo-days = { $days } дн
button-promo-create = Создать
button-promo-sure = Да, создать
button-promo-list = Кампании
button-promo-all = Все
button-promo-running = Открытые
button-promo-new = Новый код
button-promo-open = Карточка
button-promo-show = Показать код
button-promo-csv = Коды файлом
button-promo-qr = Картинка с QR
button-promo-text = Текст: { $language }
button-promo-copy-link = Скопировать ссылку
button-promo-pause = Поставить на паузу
button-promo-resume = Снова открыть
button-promo-undo = Отозвать …
button-promo-undo-ask = Попросить об этом
button-promo-undo-now = Отозвать сейчас
button-promo-pin = Закрепить карточку
button-promo-redeemers = Кто активировал
button-promo-redeemers-file = Файлом
button-promo-newest = К новым
button-promo-older = Раньше ›
button-promo-edit = Изменить …
button-promo-change = Изменить

promise-promo-given =
    { $days ->
        [one] 🎁 По промокоду вам добавлен { $days } день, { $kind }, до { $date }.
        [few] 🎁 По промокоду вам добавлены { $days } дня, { $kind }, до { $date }.
       *[many] 🎁 По промокоду вам добавлено { $days } дней, { $kind }, до { $date }.
    }
promise-promo-taken = Промокампания, кодом которой вы воспользовались, отозвана. Остаток её времени ({ $kind }, { $span }) снят; всё оплаченное остаётся.
promise-promo-used = 📣 Кампания №{ $campaign } ({ $terms }) использована на { $percent } %: { $uses } из { $capacity }.
promise-promo-large = 📣 Админ { $admin } открыл или увеличил кампанию №{ $campaign } ({ $terms }). Активаций всего: { $capacity }.
promise-promo-fast =
    { $count ->
        [one] ⚠️ Кампания №{ $campaign } ({ $terms }) идёт вдесятеро быстрее обычного: { $count } активация за этот час. Код утёк?
        [few] ⚠️ Кампания №{ $campaign } ({ $terms }) идёт вдесятеро быстрее обычного: { $count } активации за этот час. Код утёк?
       *[many] ⚠️ Кампания №{ $campaign } ({ $terms }) идёт вдесятеро быстрее обычного: { $count } активаций за этот час. Код утёк?
    }
promise-promo-guessing =
    { $count ->
        [one] ⚠️ Похоже, кто-то подбирает промокоды: { $count } неверная попытка за минуту. У каждого пять попыток за 15 минут.
        [few] ⚠️ Похоже, кто-то подбирает промокоды: { $count } неверные попытки за минуту. У каждого пять попыток за 15 минут.
       *[many] ⚠️ Похоже, кто-то подбирает промокоды: { $count } неверных попыток за минуту. У каждого пять попыток за 15 минут.
    }
promise-promo-undo-asked = Админ просит отозвать кампанию №{ $campaign } ({ $terms }), активаций: { $uses }. Если вы согласны: <code>/promo undo { $campaign }</code>
