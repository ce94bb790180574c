## Що зупиняє входи: паніка, пауза, зупинка; ліміти; практика заново.
command-panic = Зупинити входи і закрити все
command-pause = Без входів до /resume
command-resume = Знову входити
command-halt = Зупинити входи всіх
command-unhalt = Знову відкрити входи всім
button-panic = Паніка
button-pause = Пауза
button-resume = Продовжити
button-halt = Стоп усім
button-unhalt = Зняти стоп

# Паніка.
panic-title = 🛑 <b>Паніка</b> · { $account }
panic-stopped = Входи зупинено до /resume. Стопи й цілі стоять.
panic-canceled =
    { $count ->
        [0] Жоден ордер на вхід не чекав.
        [one] Скасовано { $count } ордер на вхід.
        [few] Скасовано { $count } ордери на вхід.
       *[many] Скасовано { $count } ордерів на вхід.
    }
panic-line = { $mark } <b>{ $leg }</b>: { $progress } { $reason }
panic-more = і ще { $count }
panic-progress =
    { $progress ->
        [stands] відкрита
        [flat] закрита
        [refused] не закрита
        [unknown] відповіді ще немає, питаю
       *[closing] закриваю
    }
panic-untouched = не чіпаю
panic-foreign = Відкрито не тут, не входить:
panic-unknown =
    { $count ->
        [one] ⏳ Про { $count } ордер нічого не відомо до { $time }. Що він виконає, буде закрито.
        [few] ⏳ Про { $count } ордери нічого не відомо до { $time }. Що вони виконають, буде закрито.
       *[many] ⏳ Про { $count } ордерів нічого не відомо до { $time }. Що вони виконають, буде закрито.
    }
panic-refused = ⛔ Що відхилено, досі відкрито: закрийте в застосунку Bybit. Коли причина мине, я спробую знову.
panic-confirm = Закрити ринковими ордерами?
panic-closing = ⏳ Закриваю.
panic-flat = ✅ <b>Усе закрито</b>: перечитано на біржі.
panic-nothing = Тут нічого не відкрито.
button-panic-these-too = Закрити і ці: { $count }

# Пауза і зупинка.
pause-done = ⏸ <b>Пауза</b> · { $account }: входів не буде до /resume. Позиції, стопи й цілі лишаються.
resume-done = ▶ <b>{ $account }</b>: входити знову можна.
resume-was-none = <b>{ $account }</b>: паузи не було.
button-resume-entries = Знову входити
halt-on = 🛑 <b>Входи зупинено для всіх</b> з { $time }, зупинив { $name }. Закриття, стопи й скасування працюють.
halt-reason = Причина: { $reason }
halt-none = Входи не зупинено.
halt-lifted = ▶ Зупинку знято.
halt-was-none = Зупинки не було.
halt-stands = 🛑 Входи всіх зупинено з { $time }, тому поки що входити не можна.
button-lift-halt = Зняти зупинку
