## Підключення Bybit.

command-keys = Підключити, перевірити, прибрати ключі Bybit

keys-intro =
    <b>Підключити Bybit</b>
    Покажу ваш баланс, позиції та ордери й торгуватиму за вашими вказівками. Вивести гроші не зможу ніколи: ключа з таким правом не приймаю.
keys-which-site = Який у вас Bybit? Погляньте на адресу в браузері.
keys-title = <b>Підключено</b>
keys-line = • { $account } · { $site }
keys-identity = UID { $uid } · ключ …{ $ending }
keys-another = Щоб підключити інший ключ, виберіть його сайт:
keys-which-account =
    <b>{ $site }</b>: який рахунок?
    Bybit Демо – віртуальні гроші самого Bybit. Реальний рахунок – справжні гроші.
keys-live-only =
    <b>{ $site }</b>
    На цьому сайті немає демо-торгівлі, тож рахунок реальний: справжні гроші.
keys-eu =
    <b>{ $site }</b>
    На цьому сайті Bybit не видає ключів API, тому підключати нічого. Практика працює за тими самими цінами й без ключа.
button-practice = Практика
button-other-site = ‹ Інший сайт
button-check = Перевірити: { $account }
button-remove = Прибрати: { $account }

keys-offer-title = <b>Підключаємо: { $account }</b> · { $site }
keys-step-where = 1. На { $site } відкрийте <b>API</b> → <b>Create New Key</b> → <b>Self-generated</b>.
keys-step-where-demo = 1. На { $site } увімкніть <b>Demo Trading</b>, потім <b>API</b> → <b>Create New Key</b> → <b>Self-generated</b>.
keys-step-paste = 2. Вставте цей відкритий ключ (натисніть, щоб скопіювати):
keys-step-rights = 3. Дозвольте <b>Contract: Orders, Positions</b> та <b>Spot: Trade</b>, більше нічого.
keys-step-ip = Прив'яжіть до моєї адреси: <code>{ $ip }</code>
keys-step-no-ip = IP-адресу залиште порожньою; такий ключ діє 90 днів.
keys-step-send = 4. Надішліть мені <b>API key</b>, який Bybit потім покаже.
keys-offer-safe = <i>Закритий ключ зберігається в мене зашифрованим, і жоден секрет не проходить через Telegram.</i>
button-copy-ip = Скопіювати { $ip }
button-typed-secret = У мене є ключ і секрет
keys-ask-secret =
    <b>{ $account }</b> · { $site }
    Надішліть API key і секрет одним повідомленням, через пробіл. Повідомлення я одразу видалю, а секрет збережу зашифрованим.

keys-connected = ✅ <b>Підключено: { $account }</b> · { $site }
keys-checked =
    <b>{ $account }</b> · { $site }
    Перевірено { $time }
keys-first-stays = Екрани й ордери, як і раніше, починаються з: <b>{ $account }</b>.
keys-shown-first = ✓ Екрани й ордери тепер починаються з: <b>{ $account }</b>.
button-show-first = Першим: { $account }
keys-ask-same =
    <b>Цей рахунок Bybit уже підключено.</b>
    Поставити новий ключ …{ $ending } замість старого? Зміниться лише ключ.
keys-ask-place =
    <b>Для ще одного рахунку «{ $account }» немає місця.</b>
    Зараз можна підключити рахунків кожного виду: { $count }; як отримати більше, покаже /license. Поставити новий ключ …{ $ending } (UID { $uid }) замість одного з цих? На самому Bybit нічого не зміниться.
button-replace-key = Замість: { $account }
button-keep-keys = Залишити як є
keys-discarded = Новий ключ забуто. Усе залишилося, як було.
keys-ask-replacement =
    <b>Замінити ключ: { $account } ({ $site })?</b>
    Новий ключ від іншого акаунта Bybit. Старий ключ і все, що з ним прочитав, я забуду.
button-confirm-replacement = Так, замінити
keys-ask-removal =
    <b>Прибрати ключ: { $account } ({ $site })?</b>
    Я забуду ключ і все, що з ним прочитав. Ваш рахунок на Bybit залишиться як є.
button-confirm-removal = Так, прибрати
button-keep = Залишити
leaving-nothing = Там нічого не відкрито.
leaving-unread = Що там відкрито, зараз не прочитати: це покаже застосунок Bybit.
leaving-orders = Там це залишиться, і керувати ним я більше не буду: відкриті ордери: { $orders }
leaving-stays =
    Там це залишиться, і керувати ним я більше не буду: <b>{ $names }</b>{ $more ->
        [0] {""}
       *[other] {" "}і ще { $more }
    } · відкриті ордери: { $orders }
leaving-entries = Входи, що чекають, спершу скасовуються.
leaving-unknown =
    { $count ->
        [one] ⏳ <b>{ $count } ордер невідомий до { $time }.</b> Що він виконає, залишиться там без мене.
        [few] ⏳ <b>{ $count } ордери невідомі до { $time }.</b> Що вони виконають, залишиться там без мене.
       *[many] ⏳ <b>{ $count } ордерів невідомі до { $time }.</b> Що вони виконають, залишиться там без мене.
    }
leaving-refused =
    { $count ->
        [one] ⚠️ <b>Bybit не скасувала { $count } ордер.</b> Він ще може виконатися там без мене: скасувати його можна в застосунку Bybit.
        [few] ⚠️ <b>Bybit не скасувала { $count } ордери.</b> Вони ще можуть виконатися там без мене: скасувати їх можна в застосунку Bybit.
       *[many] ⚠️ <b>Bybit не скасувала { $count } ордерів.</b> Вони ще можуть виконатися там без мене: скасувати їх можна в застосунку Bybit.
    }
leaving-anyway = Почекати чи все одно продовжити?
button-leave-anyway = Усе одно продовжити
keys-removed =
    Ключ прибрано: { $account }.
    На Bybit він ще діє: видаліть його й на { $site }.

keys-refused =
    <b>Не можу прийняти цей ключ для { $account_type ->
        [demo] Bybit Демо
       *[live] реального рахунку
    }.</b> Нічого не збережено.
keys-works-no-more =
    <b>Збережений ключ { $account_type ->
        [demo] Bybit Демо
       *[live] реального рахунку
    } більше не працює.</b>
finding-refuse = ⛔ { $text }
finding-warn = ⚠️ { $text }
finding-good = ✓ { $text }

key-withdraw =
    <b>Він може виводити гроші.</b>
    Змініть ключ на Bybit: зніміть позначку Withdrawal і надішліть його знову.
key-transfer =
    <b>Він може переказувати гроші між рахунками.</b>
    Змініть ключ на Bybit: зніміть позначки переказів у розділі Wallet і надішліть його знову.
key-unknown-permission =
    <b>Йому дозволено більше, ніж торгівля:</b> { $names }.
    Зніміть ці позначки на Bybit і надішліть ключ знову.
key-read-only =
    <b>Він лише для читання.</b>
    Змініть ключ на Bybit: виберіть Read-Write і надішліть його знову.
key-no-trading =
    <b>Йому бракує прав:</b> { $names }.
    Позначте на Bybit Contract: Orders і Positions та надішліть його знову.
key-expired =
    <b>Його строк минув.</b>
    Створіть на Bybit новий ключ; /keys покаже як.
key-not-known =
    <b>На Bybit такого ключа немає.</b>
    Перевірте, чи він від цього сайту й рахунку та чи скопійований цілком.
key-wrong-environment =
    <b>Це ключ для { $belongs ->
        [demo] Bybit Демо
       *[live] реального рахунку
    }, а не для { $wanted ->
        [demo] Bybit Демо
       *[live] реального рахунку
    }.</b>
    Підключіть його за призначенням або створіть ключ там.
key-bad-secret =
    <b>Ключ і секрет не підходять один до одного.</b>
    Скопіюйте обидва знову; секрет Bybit показує лише раз.
key-not-known-now =
    <b>На Bybit цього ключа більше немає.</b>
    Найімовірніше, його там видалили. Створіть на Bybit новий; /keys покаже як.
key-bad-secret-now =
    <b>Його секрет більше не підходить.</b>
    Створіть на Bybit новий ключ; /keys покаже як.
key-other-ip =
    <b>Він прив'язаний до іншої IP-адреси.</b>
    { $ip ->
        [none] Прив'яжіть його до адреси сервера, на якому я працюю: її знає той, хто веде бота.
       *[other] Додайте до ключа на Bybit мою адресу: <code>{ $ip }</code>
    }
key-not-taken =
    <b>Bybit його не приймає (код { $code }).</b>
    Створіть на Bybit новий ключ; /keys покаже як.
key-no-ip =
    <b>Він не прив'язаний до IP-адреси.</b>
    { $days ->
        [one] Ним зможе користуватися кожен, хто його отримає, а через { $days } день Bybit його вимкне. Прив'яжіть його до моєї адреси: це вирішить і те, і те.
        [few] Ним зможе користуватися кожен, хто його отримає, а через { $days } дні Bybit його вимкне. Прив'яжіть його до моєї адреси: це вирішить і те, і те.
       *[many] Ним зможе користуватися кожен, хто його отримає, а через { $days } днів Bybit його вимкне. Прив'яжіть його до моєї адреси: це вирішить і те, і те.
    }
key-expires-soon =
    { $days ->
        [one] <b>Строк спливає через { $days } день</b> ({ $date }).
        [few] <b>Строк спливає через { $days } дні</b> ({ $date }).
       *[many] <b>Строк спливає через { $days } днів</b> ({ $date }).
    }
    Продовжте його на Bybit або створіть новий.
key-classic-account =
    Це не єдиний торговий рахунок: баланс, позиції й ордери залишаться тут порожніми.
    У застосунку Bybit перейдіть на єдиний торговий рахунок (Unified Trading Account). Ключ залишиться той самий.
key-subaccount = Це субрахунок.
key-third-party = Bybit підключив цей ключ до стороннього застосунку.
key-rights-untold =
    Bybit Демо не повідомляє, що дозволено цьому ключу. Він працює; якщо щось буде відхилено,
    дозвольте Contract – Orders і Positions на сторінці ключа в Bybit.
key-ip-bound = Прив'язаний до { $ips }.
key-permissions-good = Може лише торгувати.

keys-already-attached =
    Цей рахунок Bybit уже підключив тут інший користувач.
    Якщо це ви з іншого акаунта Telegram, спершу приберіть його там. Якщо ні, видаліть ключ на Bybit.
keys-no-offer = Відкритого ключа, що чекає на свій API key, зараз немає. Почніть знову: /keys.
keys-unknown-site = Такого сайту Bybit я не знаю. /keys покаже ті, що знаю.
keys-site-without-keys = На { $site } Bybit не видає ключів API. Практика працює без них.
keys-site-without-demo = На { $site } немає демо-торгівлі. Bybit Демо працює з ключами bybit.com.
keys-malformed = На ключ Bybit не схоже: у ньому лише латинські літери й цифри, без пробілів. Скопіюйте його знову або надішліть /cancel.
keys-secret-format = Потрібні API key і секрет одним повідомленням, через пробіл. Ваше повідомлення видалено; надішліть обидва знову або надішліть /cancel.
keys-send-again = Вашого ключа я не зберіг. Надішліть, будь ласка, рядок ще раз.
keys-pasted = 🔑 <b>Це ключ API та його секрет. Ваше повідомлення я прибрав із чату.</b>
keys-pasted-stays =
    🔑 <b>Це ключ API та його секрет, а видалити ваше повідомлення Telegram мені не дає.</b>
    Видаліть його, будь ласка, самі.
keys-pasted-what =
    Нічого не збережено: обидва 15 хвилин лежать лише в пам'яті. Від якого вони рахунку на bybit.com?
    Якщо сайт інший, видаліть їх і почніть із /keys.
keys-thrown-away = Видалено. Якщо ваше повідомлення бачив хтось іще, видаліть цей ключ і на Bybit.
keys-not-kept = Цього ключа в мене вже немає. Надішліть, будь ласка, ключ і секрет ще раз.
button-connect-as = Підключити: { $account }
button-throw-away = Видалити
keys-still-asking = Ще чекаю на відповідь Bybit про ваш ключ. Вона ось-ось надійде.
keys-add-usage =
    Напишіть так; повідомлення я одразу видалю:
    <code>/keys add demo KEY SECRET</code>
    <code>/keys add live KEY SECRET</code>
keys-check-usage = Напишіть <code>/keys check demo</code> або <code>/keys check live</code>.
keys-remove-usage = Напишіть <code>/keys remove demo</code> або <code>/keys remove live</code>.
