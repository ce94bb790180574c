## Промокоди: як їх активують, і сторона адміністраторів.

command-redeem = Активувати промокод
command-promo = Промокоди: створити, стежити, зупинити

month-short =
    { $month ->
        [1] січ
        [2] лют
        [3] бер
        [4] квіт
        [5] трав
        [6] черв
        [7] лип
        [8] серп
        [9] вер
        [10] жовт
        [11] лист
       *[12] груд
    }
promo-gift =
    { $days ->
        [one] { $kind } на { $days } день
        [few] { $kind } на { $days } дні
       *[many] { $kind } на { $days } днів
    }

redeem-ask = Надішліть промокод.
redeem-before = Ви вже активували:
redeem-before-line = { $at }: { $gift }, до { $until }
redeem-offer = 🎁 <b>Цей код додасть: { $gift }.</b>
redeem-starts-now = Почнеться одразу й триватиме до { $until }.
redeem-starts-after = Почнеться після { $start } і триватиме до { $until }.
redeem-done = ✓ Додано: { $gift }, до { $until }.
redeem-used = Ви використали його { $at }: { $gift }, до { $until }.
redeem-not-valid = Такого коду немає, або він уже не діє. Якщо має діяти, перевірте кожну літеру; пробіли, дефіси та регістр не важливі.
redeem-refused =
    { $reason ->
        [used-up] Цей код вичерпано: він був на певну кількість людей, і всі його вже активували.
        [ended] Цей код можна було активувати до { $date }.
        [paused] Цей код зараз на паузі. Спробуйте пізніше.
        [early] Цей код можна активувати з { $date }.
        [another-used] Інший код цієї кампанії вже активовано, а кожному належить один.
       *[called-back] Цей код відкликано.
    }
redeem-too-many = Забагато спроб. Наступна о { $time }.
redeem-too-many-admin =
    { $count ->
        [one] Це { $count } хибний код за 15 хвилин: більше адміну не можна. Наступний о { $time }.
        [few] Це { $count } хибні коди за 15 хвилин: більше адміну не можна. Наступний о { $time }.
       *[many] Це { $count } хибних кодів за 15 хвилин: більше адміну не можна. Наступний о { $time }.
    }
redeem-is-it-a-code = <code>{ $code }</code>: це промокод?
redeem-suggestion = Тут є кирилиця. Ви мали на увазі <code>{ $code }</code>?
redeem-for-offer = 🎁 <b>Для користувача { $user }: { $gift }.</b>
redeem-for-done = ✓ Користувачеві { $user } додано: { $gift }, до { $until }. Він отримає повідомлення.
redeem-for-used = Користувач { $user } використав його { $at }: { $gift }, до { $until }.
redeem-for-usage = Напишіть код і числовий ID: <code>/promo redeem SPRING26 12345</code>
redeem-for-ask = Надішліть код для користувача { $user }.
button-redeem = Активувати
button-use-it = Так, цей
button-ask-support = Запитати підтримку

promo-title = <b>Промокоди</b>
promo-hint = Що дасть новий код? Можна й одним рядком: <code>/promo new premium 30d max=100 until=2026-12-31</code>, а за бажанням <code>code=SPRING26 count=500 from=2026-11-01 note=…</code>
promo-ask-days = { $kind }: на скільки днів?
promo-ask-uses = { $gift }: скільки людей можуть його використати?
promo-days =
    { $days ->
        [one] { $kind }, { $days } день
        [few] { $kind }, { $days } дні
       *[many] { $kind }, { $days } днів
    }
promo-uses =
    { $uses ->
        [one] { $uses } активація
        [few] { $uses } активації
       *[many] { $uses } активацій
    }
promo-codes =
    { $count ->
        [one] { $count } код
        [few] { $count } коди
       *[many] { $count } кодів
    }
promo-once = по одному на людину
promo-repeat = можна кілька на людину
promo-from = з { $date }
promo-until = до { $date }
promo-endless = без строку
promo-new = <b>Новий промокод</b>
promo-own = Код: <code>{ $code }</code>
promo-note = Нотатка: { $note }
promo-unsaid =
    { $option ->
        [max] Кількість активацій не вказано, тому одна: <code>max=100</code>
       *[until] Строк не вказано, тому 90 днів: <code>until=2026-12-31</code> або <code>until=never</code>
    }
promo-line = Треба інакше? Виправте цей рядок і надішліть: <code>{ $line }</code>
promo-sure = ⚠️ <b>Це дуже багато.</b> Ви впевнені?
promo-making =
    { $count ->
        [one] ⏳ Роблю { $count } код, готово { $done }
        [few] ⏳ Роблю { $count } коди, готово { $done }
       *[many] ⏳ Роблю { $count } кодів, готово { $done }
    }
promo-created = ✓ Кампанія №{ $campaign } відкрита.
promo-csv-caption = Кампанія №{ $campaign }: коди та посилання
promo-shown = Кампанія №{ $campaign }
promo-link = Посилання: { $link }
promo-forward = 🎁 { $gift } у Perpdesk, боті для вашого рахунку Bybit! Відкрийте { $link } і натисніть «Активувати» або надішліть <code>/redeem { $code }</code> боту @{ $bot }.
promo-forward-until = Діє до { $date }.
promo-list-empty = Кампаній поки немає.
promo-list-line = №{ $campaign } { $mark } { $gift }: { $uses }/{ $capacity }
promo-card-title = <b>Кампанія №{ $campaign }</b> { $mark }
promo-state =
    { $state ->
        [active] Вона відкрита.
        [paused] Вона на паузі: активувати код не можна.
        [early] Вона ще не почалася.
        [over] Її строк минув.
        [full] Усі активації використано.
       *[undone] Її відкликано.
    }
promo-by = Створив { $user }, { $date }.
promo-by-nobody = Створено { $date }.
promo-undo-waits = { $user } просить її відкликати, { $date }.
promo-funnel-opened = Відкрили
promo-funnel-redeemed = Активували
promo-funnel-connected = Підключили ключ
promo-funnel-traded = Торгували
promo-funnel-paid = Заплатили
promo-as-of = <i>Станом на { $date }</i>
promo-edit-title = <b>Змінити кампанію №{ $campaign }</b>
promo-edit-ask = Що змінити? <code>max=200</code>, <code>until=2026-12-31</code>, <code>until=never</code>, <code>note=…</code>, одне або кілька.
promo-edit-before = Зараз: { $terms }
promo-edit-after = Стане: { $terms }
promo-edit-no-note = Нотатка видаляється.
promo-edit-more = Це більше, ніж зараз, тому я запитаю PIN.
promo-edit-usage = Ось так: <code>/promo edit 12 max=200 until=2026-12-31 note=spring</code> або <code>until=never</code>. Вид і дні залишаються.
promo-edit-past = Цей день уже минув. Щоб закінчити зараз, поставте її на паузу.
promo-edit-same = Кампанія №{ $campaign } уже така.
promo-edit-used = Один із її кодів уже активовано, разів: { $uses }. Менше в <code>max=</code> не можна.
promo-redeemers = <b>Хто активував коди кампанії №{ $campaign }</b>
promo-redeemers-none = Поки ніхто.
promo-redeemer = { $at } · { $name } · <code>{ $user }</code> · { $state }
promo-redeemer-erased = { $at } · видалений акаунт · <code>{ $pseudonym }</code>
promo-redeemer-by-admin = через адміна
promo-redeemer-state =
    { $state ->
        [active] залишилося { $left }
        [called-back] відкликано
       *[over] нічого не залишилося
    }
promo-pinned = ✓ Закріплено. Оновлюю щогодини.
promo-not-pinned = Telegram не дав закріпити. Картка вище.
promo-undo-title = <b>Відкликати кампанію №{ $campaign }?</b>
promo-undo-what =
    { $people ->
        [one] { $people } людина втратить загалом { $span } невикористаного часу. Оплачене залишиться. Вона отримає повідомлення.
        [few] { $people } людини втратять загалом { $span } невикористаного часу. Оплачене залишиться. Вони отримають повідомлення.
       *[many] { $people } людей втратять загалом { $span } невикористаного часу. Оплачене залишиться. Вони отримають повідомлення.
    }
promo-undo-nobody = Ні в кого нічого від неї не залишилося, тож ніхто нічого не втратить. Код перестане діяти назавжди.
promo-undo-more = … та інші, у кого менше
promo-undo-ask = Відколи ви її створили, минуло понад 15 хвилин, тому потрібна згода другого адміна; якщо його немає, мають минути 24 години.
promo-undo-ask-other = Її створив інший адмін, тому погодитися мають двоє; якщо другого немає, мають минути 24 години.
promo-undo-agree = Про це просить { $user }. Якщо ви згодні, її буде відкликано одразу.
promo-undo-wait-admin = Ви попросили про відкликання. Тепер має погодитися інший адмін: <code>/promo undo { $campaign }</code>
promo-undo-wait = Ви попросили про відкликання, а інших адмінів немає: це можна зробити з { $date }.
promo-undo-asked = ✓ Записано. Прохання діє сім днів.
promo-undoing = ⏳ Відкликаю, готово { $done }
promo-undone-done = ✓ Кампанію №{ $campaign } відкликано; усі, кого це стосується, отримають повідомлення.

promo-bad-type = Є види <code>trial</code>, <code>basic</code> і <code>premium</code>, але не «{ $word }».
promo-bad-days = Дні – ціле число від 1 до { $most }: <code>30d</code>
promo-bad-uses = Активації – ціле число від 1 до { $most }: <code>max=100</code>
promo-bad-count = Коди – ціле число від 1 до { $most }: <code>count=500</code>
promo-bad-date = Дата потрібна в такому вигляді: <code>until=2026-12-31</code>; вона за UTC.
promo-until-past = Вона скінчиться раніше, ніж почнеться. Поставте <code>until=</code> пізніше.
promo-own-code = У власному коді може бути від { $shortest } до { $longest } латинських літер і цифр.
promo-own-code-once = Власний код буває лише один: приберіть <code>count=</code> або <code>code=</code>.
promo-code-taken = Код, що читається так само, вже є (O – це 0, I та L – це 1). Візьміть інший.
promo-new-usage = Ось так: <code>/promo new premium 30d max=100 until=2026-12-31 code=SPRING26 note=spring</code>. Обов'язкові лише вид і дні; можна ще <code>count=500</code>, <code>from=2026-11-01</code>, <code>until=never</code>, <code>repeat=yes</code>.
promo-usage = Ось так, із номером кампанії: <code>/promo card 12</code>. Замість <code>card</code>: <code>show</code>, <code>codes</code>, <code>used</code>, <code>edit</code>, <code>pause</code>, <code>resume</code>, <code>undo</code>. Ще є <code>new</code>, <code>list</code>, <code>redeem</code>.
promo-unknown = Кампанії №{ $campaign } немає. Список: /promo.
promo-undone = Кампанію №{ $campaign } відкликано, і цього не змінити.
promo-unknown-user = Користувача { $user } я не знаю: нехай спершу надішле /start.
promo-used-before-forget = Цей акаунт Telegram увів код цієї кампанії до того, як його дані видалили; кожному дається один.

button-promo-days = { $days } дн
button-promo-create = Створити
button-promo-sure = Так, створити
button-promo-list = Кампанії
button-promo-all = Усі
button-promo-running = Відкриті
button-promo-new = Новий код
button-promo-open = Картка
button-promo-show = Показати код
button-promo-csv = Коди файлом
button-promo-qr = Картинка з QR
button-promo-text = Текст: { $language }
button-promo-copy-link = Скопіювати посилання
button-promo-pause = Поставити на паузу
button-promo-resume = Знову відкрити
button-promo-undo = Відкликати …
button-promo-undo-ask = Попросити про це
button-promo-undo-now = Відкликати зараз
button-promo-pin = Закріпити картку
button-promo-redeemers = Хто активував
button-promo-redeemers-file = Файлом
button-promo-newest = До нових
button-promo-older = Раніше ›
button-promo-edit = Змінити …
button-promo-change = Змінити

promise-promo-given =
    { $days ->
        [one] 🎁 За промокодом вам додано { $days } день, { $kind }, до { $date }.
        [few] 🎁 За промокодом вам додано { $days } дні, { $kind }, до { $date }.
       *[many] 🎁 За промокодом вам додано { $days } днів, { $kind }, до { $date }.
    }
promise-promo-taken = Промокампанію, кодом якої ви скористалися, відкликано. Залишок її часу ({ $kind }, { $span }) знято; усе оплачене залишається.
promise-promo-used = 📣 Кампанію №{ $campaign } ({ $terms }) використано на { $percent } %: { $uses } із { $capacity }.
promise-promo-large = 📣 Адмін { $admin } відкрив або збільшив кампанію №{ $campaign } ({ $terms }). Активацій усього: { $capacity }.
promise-promo-fast =
    { $count ->
        [one] ⚠️ Кампанія №{ $campaign } ({ $terms }) іде вдесятеро швидше, ніж зазвичай: { $count } активація за цю годину. Код витік?
        [few] ⚠️ Кампанія №{ $campaign } ({ $terms }) іде вдесятеро швидше, ніж зазвичай: { $count } активації за цю годину. Код витік?
       *[many] ⚠️ Кампанія №{ $campaign } ({ $terms }) іде вдесятеро швидше, ніж зазвичай: { $count } активацій за цю годину. Код витік?
    }
promise-promo-guessing =
    { $count ->
        [one] ⚠️ Схоже, хтось підбирає промокоди: { $count } хибна спроба за хвилину. Кожен має п'ять спроб за 15 хвилин.
        [few] ⚠️ Схоже, хтось підбирає промокоди: { $count } хибні спроби за хвилину. Кожен має п'ять спроб за 15 хвилин.
       *[many] ⚠️ Схоже, хтось підбирає промокоди: { $count } хибних спроб за хвилину. Кожен має п'ять спроб за 15 хвилин.
    }
promise-promo-undo-asked = Адмін просить відкликати кампанію №{ $campaign } ({ $terms }), активацій: { $uses }. Якщо ви згодні: <code>/promo undo { $campaign }</code>
