## Подключение Bybit.

command-keys = Подключить, проверить, убрать ключи Bybit

keys-intro =
    <b>Подключить Bybit</b>
    Покажу ваш баланс, позиции и ордера и буду торговать по вашим указаниям. Вывести деньги не смогу никогда: ключ с таким правом не принимаю.
keys-which-site = Какой Bybit у вас? Посмотрите адрес в браузере.
keys-title = <b>Подключено</b>
keys-line = • { $account } · { $site }
keys-identity = UID { $uid } · ключ …{ $ending }
keys-another = Чтобы подключить другой ключ, выберите его сайт:
keys-which-account =
    <b>{ $site }</b>: какой счёт?
    Bybit Демо – виртуальные деньги самого Bybit. Реальный счёт – настоящие деньги.
keys-live-only =
    <b>{ $site }</b>
    На этом сайте нет демо-торговли, так что счёт реальный: настоящие деньги.
keys-eu =
    <b>{ $site }</b>
    На этом сайте Bybit не выдаёт ключи API, поэтому подключить нечего. Практика работает по тем же ценам и без ключа.
button-practice = Практика
button-other-site = ‹ Другой сайт
button-check = Проверить: { $account }
button-remove = Убрать: { $account }

keys-offer-title = <b>Подключаем: { $account }</b> · { $site }
keys-step-where = 1. На { $site } откройте <b>API</b> → <b>Create New Key</b> → <b>Self-generated</b>.
keys-step-where-demo = 1. На { $site } включите <b>Demo Trading</b>, потом <b>API</b> → <b>Create New Key</b> → <b>Self-generated</b>.
keys-step-paste = 2. Вставьте этот открытый ключ (нажмите, чтобы скопировать):
keys-step-rights = 3. Разрешите <b>Contract: Orders, Positions</b> и <b>Spot: Trade</b>, больше ничего.
keys-step-ip = Привяжите к моему адресу: <code>{ $ip }</code>
keys-step-no-ip = IP-адрес оставьте пустым; такой ключ действует 90 дней.
keys-step-send = 4. Пришлите мне <b>API key</b>, который Bybit потом покажет.
keys-offer-safe = <i>Закрытый ключ хранится у меня зашифрованным, и ни один секрет не проходит через Telegram.</i>
button-copy-ip = Скопировать { $ip }
button-typed-secret = У меня есть ключ и секрет
keys-ask-secret =
    <b>{ $account }</b> · { $site }
    Пришлите API key и секрет одним сообщением, через пробел. Сообщение я сразу удалю, а секрет сохраню зашифрованным.

keys-connected = ✅ <b>Подключено: { $account }</b> · { $site }
keys-checked =
    <b>{ $account }</b> · { $site }
    Проверено { $time }
keys-first-stays = Экраны и ордера по-прежнему начинаются с: <b>{ $account }</b>.
keys-shown-first = ✓ Экраны и ордера теперь начинаются с: <b>{ $account }</b>.
button-show-first = Первым: { $account }
keys-ask-same =
    <b>Этот счёт Bybit уже подключён.</b>
    Поставить новый ключ …{ $ending } вместо старого? Сменится только ключ.
keys-ask-place =
    <b>Для ещё одного счёта «{ $account }» нет места.</b>
    Сейчас можно подключить счетов каждого вида: { $count }; как получить больше, покажет /license. Поставить новый ключ …{ $ending } (UID { $uid }) вместо одного из этих? На самом Bybit ничего не изменится.
button-replace-key = Вместо: { $account }
button-keep-keys = Оставить как есть
keys-discarded = Новый ключ забыт. Всё осталось, как было.
keys-ask-replacement =
    <b>Заменить ключ: { $account } ({ $site })?</b>
    Новый ключ от другого аккаунта Bybit. Старый ключ и всё, что с ним прочитал, я забуду.
button-confirm-replacement = Да, заменить
keys-ask-removal =
    <b>Убрать ключ: { $account } ({ $site })?</b>
    Я забуду ключ и всё, что с ним прочитал. Ваш счёт на Bybit останется как есть.
button-confirm-removal = Да, убрать
button-keep = Оставить
leaving-nothing = Там ничего не открыто.
leaving-unread = Что там открыто, сейчас не прочитать: это покажет приложение Bybit.
leaving-orders = Там это останется, и управлять им я больше не буду: открытые ордера: { $orders }
leaving-stays =
    Там это останется, и управлять им я больше не буду: <b>{ $names }</b>{ $more ->
        [0] {""}
       *[other] {" "}и ещё { $more }
    } · открытые ордера: { $orders }
leaving-entries = Ждущие входы сначала отменяются.
leaving-unknown =
    { $count ->
        [one] ⏳ <b>{ $count } ордер неизвестен до { $time }.</b> Что он исполнит, останется там без меня.
        [few] ⏳ <b>{ $count } ордера неизвестны до { $time }.</b> Что они исполнят, останется там без меня.
       *[many] ⏳ <b>{ $count } ордеров неизвестны до { $time }.</b> Что они исполнят, останется там без меня.
    }
leaving-refused =
    { $count ->
        [one] ⚠️ <b>Bybit не отменила { $count } ордер.</b> Он ещё может исполниться там без меня: отменить его можно в приложении Bybit.
        [few] ⚠️ <b>Bybit не отменила { $count } ордера.</b> Они ещё могут исполниться там без меня: отменить их можно в приложении Bybit.
       *[many] ⚠️ <b>Bybit не отменила { $count } ордеров.</b> Они ещё могут исполниться там без меня: отменить их можно в приложении Bybit.
    }
leaving-anyway = Подождать или всё равно продолжить?
button-leave-anyway = Всё равно продолжить
keys-removed =
    Ключ убран: { $account }.
    На Bybit он ещё действует: удалите его и на { $site }.

keys-refused =
    <b>Не могу принять этот ключ для { $account_type ->
        [demo] Bybit Демо
       *[live] реального счёта
    }.</b> Ничего не сохранено.
keys-works-no-more =
    <b>Сохранённый ключ { $account_type ->
        [demo] Bybit Демо
       *[live] реального счёта
    } больше не работает.</b>
finding-refuse = ⛔ { $text }
finding-warn = ⚠️ { $text }
finding-good = ✓ { $text }

key-withdraw =
    <b>Он может выводить деньги.</b>
    Измените ключ на Bybit: снимите галочку Withdrawal и пришлите его снова.
key-transfer =
    <b>Он может переводить деньги между счетами.</b>
    Измените ключ на Bybit: снимите галочки переводов в разделе Wallet и пришлите его снова.
key-unknown-permission =
    <b>Ему разрешено больше, чем торговля:</b> { $names }.
    Снимите эти галочки на Bybit и пришлите ключ снова.
key-read-only =
    <b>Он только для чтения.</b>
    Измените ключ на Bybit: выберите Read-Write и пришлите его снова.
key-no-trading =
    <b>Ему не хватает прав:</b> { $names }.
    Отметьте на Bybit Contract: Orders и Positions и пришлите его снова.
key-expired =
    <b>Его срок истёк.</b>
    Создайте на Bybit новый ключ; /keys покажет как.
key-not-known =
    <b>На Bybit такого ключа нет.</b>
    Проверьте, от этого ли он сайта и счёта и целиком ли скопирован.
key-wrong-environment =
    <b>Это ключ для { $belongs ->
        [demo] Bybit Демо
       *[live] реального счёта
    }, а не для { $wanted ->
        [demo] Bybit Демо
       *[live] реального счёта
    }.</b>
    Подключите его по назначению или создайте ключ там.
key-bad-secret =
    <b>Ключ и секрет не подходят друг к другу.</b>
    Скопируйте оба снова; секрет Bybit показывает только один раз.
key-not-known-now =
    <b>На Bybit этого ключа больше нет.</b>
    Скорее всего, его там удалили. Создайте на Bybit новый; /keys покажет как.
key-bad-secret-now =
    <b>Его секрет больше не подходит.</b>
    Создайте на Bybit новый ключ; /keys покажет как.
key-other-ip =
    <b>Он привязан к другому IP-адресу.</b>
    { $ip ->
        [none] Привяжите его к адресу сервера, на котором я работаю: его знает тот, кто ведёт бота.
       *[other] Добавьте к ключу на Bybit мой адрес: <code>{ $ip }</code>
    }
key-not-taken =
    <b>Bybit его не принимает (код { $code }).</b>
    Создайте на Bybit новый ключ; /keys покажет как.
key-no-ip =
    <b>Он не привязан к IP-адресу.</b>
    { $days ->
        [one] Им сможет пользоваться любой, кто его получит, а через { $days } день Bybit его отключит. Привяжите его к моему адресу: это решит и то, и другое.
        [few] Им сможет пользоваться любой, кто его получит, а через { $days } дня Bybit его отключит. Привяжите его к моему адресу: это решит и то, и другое.
       *[many] Им сможет пользоваться любой, кто его получит, а через { $days } дней Bybit его отключит. Привяжите его к моему адресу: это решит и то, и другое.
    }
key-expires-soon =
    { $days ->
        [one] <b>Срок истекает через { $days } день</b> ({ $date }).
        [few] <b>Срок истекает через { $days } дня</b> ({ $date }).
       *[many] <b>Срок истекает через { $days } дней</b> ({ $date }).
    }
    Продлите его на Bybit или создайте новый.
key-classic-account =
    Это не единый торговый счёт: баланс, позиции и ордера останутся здесь пустыми.
    В приложении Bybit перейдите на единый торговый счёт (Unified Trading Account). Ключ останется прежним.
key-subaccount = Это субсчёт.
key-third-party = Bybit подключил этот ключ к стороннему приложению.
key-rights-untold =
    Bybit Демо не сообщает, что разрешено этому ключу. Он работает; если что-то будет отклонено,
    разрешите Contract – Orders и Positions на странице ключа в Bybit.
key-ip-bound = Привязан к { $ips }.
key-permissions-good = Может только торговать.

keys-already-attached =
    Этот счёт Bybit уже подключён здесь другим пользователем.
    Если это вы с другого аккаунта Telegram, сначала уберите его там. Если нет, удалите ключ на Bybit.
keys-no-offer = Открытого ключа, который ждёт свой API key, сейчас нет. Начните снова: /keys.
keys-unknown-site = Такого сайта Bybit я не знаю. /keys покажет те, что знаю.
keys-site-without-keys = На { $site } Bybit не выдаёт ключи API. Практика работает без них.
keys-site-without-demo = На { $site } нет демо-торговли. Bybit Демо работает с ключами bybit.com.
keys-malformed = На ключ Bybit не похоже: в нём только латинские буквы и цифры, без пробелов. Скопируйте его снова или отправьте /cancel.
keys-secret-format = Нужны API key и секрет одним сообщением, через пробел. Ваше сообщение удалено; пришлите оба снова или отправьте /cancel.
keys-send-again = Ваш ключ я не сохранил. Пришлите, пожалуйста, строку ещё раз.
keys-pasted = 🔑 <b>Это ключ API и его секрет. Ваше сообщение я убрал из чата.</b>
keys-pasted-stays =
    🔑 <b>Это ключ API и его секрет, а удалить ваше сообщение Telegram мне не даёт.</b>
    Удалите его, пожалуйста, сами.
keys-pasted-what =
    Ничего не сохранено: оба 15 минут лежат только в памяти. От какого они счёта на bybit.com?
    Если сайт другой, удалите их и начните с /keys.
keys-thrown-away = Удалено. Если ваше сообщение видел кто-то ещё, удалите этот ключ и на Bybit.
keys-not-kept = Этого ключа у меня уже нет. Пришлите, пожалуйста, ключ и секрет ещё раз.
button-connect-as = Подключить: { $account }
button-throw-away = Удалить
keys-still-asking = Ещё жду ответа Bybit о вашем ключе. Он вот-вот придёт.
keys-add-usage =
    Напишите так; сообщение я сразу удалю:
    <code>/keys add demo KEY SECRET</code>
    <code>/keys add live KEY SECRET</code>
keys-check-usage = Напишите <code>/keys check demo</code> или <code>/keys check live</code>.
keys-remove-usage = Напишите <code>/keys remove demo</code> или <code>/keys remove live</code>.
