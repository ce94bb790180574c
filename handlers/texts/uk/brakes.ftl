## Що зупиняє входи: паніка, пауза, зупинка; ліміти; практика заново.
command-panic = Зупинити входи і закрити все
command-pause = Без входів до /resume
command-resume = Знову входити
command-halt = Зупинити входи всіх
command-unhalt = Знову відкрити входи всім
button-panic = Паніка
button-pause = Пауза
button-halt = Стоп усім
button-unhalt = Зняти стоп

# Паніка.
panic-title = 🛑 <b>Паніка</b> · { $account }
panic-stopped = Входи зупинено до /resume. Стопи й цілі стоять.
panic-canceled =
    { $count ->
        [0] Моїх ордерів на вхід немає.
        [one] Скасовано { $count } ордер на вхід.
        [few] Скасовано { $count } ордери на вхід.
       *[many] Скасовано { $count } ордерів на вхід.
    }
panic-line = { $mark } <b>{ $leg }</b>: { $progress }
panic-line-result = { $line } · { $net }
panic-more = і ще { $count }
panic-count = Закрито { $flat } із { $all }.
panic-progress =
    { $progress ->
        [stands] відкрита
        [flat] закрита
        [refused] не закрита
        [unknown] відповіді ще немає, питаю
       *[closing] закриваю
    }
panic-untouched = не чіпаю
panic-foreign = Цим я не керую, не входить:
panic-foreign-entries = Ордери, виставлені не тут, не входять:
panic-unreadable = ⏳ Відповідь Bybit про { $names } не читається, тому я не кажу, що позицій немає. Перевірте в застосунку Bybit.
panic-unknown =
    { $count ->
        [one] ⏳ Про { $count } ордер нічого не відомо до { $time }. Що він виконає, буде закрито.
        [few] ⏳ Про { $count } ордери нічого не відомо до { $time }. Що вони виконають, буде закрито.
       *[many] ⏳ Про { $count } ордерів нічого не відомо до { $time }. Що вони виконають, буде закрито.
    }
panic-silence =
    { $silence ->
        [no-key] ⛔ Bybit більше не приймає ключ цього рахунку: закрийте в застосунку Bybit. /keys
       *[no-answer] ⏳ Bybit не відповідає про позиції: тут останні, про які я знаю. Я питаю далі.
    }
panic-refused = ⛔ Що відхилено, досі відкрито: закрийте в застосунку Bybit. Коли причина мине, я спробую знову.
panic-confirm = Закрити ринковими ордерами?
panic-closing = ⏳ Закриваю.
panic-flat = ✅ <b>Усе закрито</b>: перечитано на біржі.
panic-flat-but =
    ✅ Позначене закрито: я перечитав на біржі. <b>Ще відкрито</b>, не звідси: { $names }{ $more ->
        [0] {""}
       *[other] {" "}і ще { $more }
    }.
panic-nothing =
    { $foreign ->
        [0] Тут нічого не відкрито.
       *[other] Нічого, чим керую я, не відкрито.
    }
button-panic-these-too = Закрити і ці: { $count }
button-panic-cancel-too = Скасувати і ці: { $count }
button-panic-there = Паніка: { $account }
panic-this-alone = <i>Лише { $account }: інші рахунки працюють далі.</i>

# Пауза і зупинка.
pause-done = ⏸ <b>Пауза</b> · { $account }: входів не буде до /resume. Позиції, стопи й цілі лишаються.
resume-done = ▶ <b>{ $account }</b>: входити знову можна.
resume-was-none = <b>{ $account }</b>: паузи не було.
button-resume-entries = Знову входити
halt-on = 🛑 <b>Входи зупинено для всіх</b> з { $time }, зупинив { $name }. Закриття, стопи й скасування працюють.
halt-not-managed = ⚠️ <b>Позиції теж не ведуться</b>: можливо, це робить інший екземпляр бота. Усе, що стоїть на Bybit, лишається як є, доки зупинку не знято.
halt-reason = Причина: { $reason }
halt-none = Входи не зупинено.
halt-lifted = ▶ Зупинку знято.
halt-was-none = Зупинки не було.
halt-stands = 🛑 Входи всіх зупинено з { $time }, тому поки що входити не можна.
button-lift-halt = Зняти зупинку

# Ліміти.
command-limits = Ліміти на входи
button-limits = Ліміти
limits-title = <b>Ліміти</b> · { $account }
limits-about = <i>Суворіше діє одразу, м’якше через 24 години. Ліміти зупиняють входи; закрити можна завжди.</i>
limits-waiting = ⏳ { $changes }: з { $time }
limits-unknown = Ліміту «{ $word }» я не знаю. Усі показує /limits.
limits-symbols = Не більше { $most } пар, будь ласка.
limit-title = <b>{ $name }</b> · { $account }
limit-name =
    { $limit ->
        [positions] Позиції
        [leverage] Плече
        [symbol] На пару
        [total] Усього
        [risk] На угоду
        [daily] За день
        [drawdown] Просідання
        [cooldown] Перерва
        [tilt] Збитки
        [turnover] Оборот
       *[symbols] Лише ці
    }
limit-about =
    { $limit ->
        [positions] Скільки позицій може бути відкрито водночас.
        [leverage] Найбільше плече для входу.
        [symbol] Найбільша вартість позиції по одній парі.
        [total] Найбільша вартість усіх позицій разом.
        [risk] Скільки може втратити одна угода на стопі, від вартості рахунку.
        [daily] Після такого збитку з ваших 00:00 сьогодні входів немає.
        [drawdown] Після такого збитку від найбільшої вартості рахунку входів немає.
        [cooldown] Стільки хвилин без входу після збиткового закриття.
        [tilt] Стільки збитків поспіль замикають входи до вашого наступного дня; раніше ніхто не зніме.
        [turnover] Ринки з меншим оборотом за 24 години відхиляються.
       *[symbols] Входити можна лише в ці пари.
    }
limit-now = Зараз: <b>{ $value }</b>
limit-typed = Натисніть значення або надішліть інше.
limit-none = без ліміту
limit-ask = <b>{ $name }</b>: { $before } → <b>{ $after }</b>. Поставити?
limit-stands = ✅ <b>{ $name }</b>: { $before } → <b>{ $after }</b>, уже діє. Хвилину можна повернути.
limit-waits = ⏳ <b>{ $name }</b>: { $before } → <b>{ $after }</b> з { $time }: м’якше чекає день.
limit-taken-back = ✅ Повернув як було.
button-set-limit = Поставити
button-take-back = Повернути як було
question-limits-value = значення ліміту

# Практика.
command-practice = Практика заново
practice-title = <b>Практика з початку</b>
practice-about = Позиції й ордери практики підуть, прийдуть 10 000 USDT. Попереднє лишиться в статистиці окремим прогоном.
practice-choice =
    { $mode ->
        [hedge] Хедж: лонг і шорт однієї пари водночас.
       *[other] Односторонній: одна позиція на пару.
    }
practice-mode =
    { $mode ->
        [hedge] Хедж
       *[other] Односторонній
    }
practice-margin =
    { $margin ->
        [ISOLATED_MARGIN] Ізольов.
       *[other] Крос
    }
practice-done = ✅ <b>Практика почалася заново</b>: { $money }, прогін { $run }. { $settings }
button-practice-reset = Почати заново з { $money }
