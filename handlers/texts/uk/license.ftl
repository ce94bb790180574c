## Ліцензія: що є, що відкладено, що відкриває кожен вид, нагадування.

command-license = Що у вас є і до якого дня

license-title = <b>Ліцензія</b>
license-none = Ліцензії у вас немає.
license-practice = Практика безкоштовна, ліцензія для неї не потрібна.
license-type =
    { $kind ->
        [trial] Тріал
        [basic] Базова
        [premium] Преміум
       *[other] Без ліцензії
    }
license-running = <b>{ $kind }</b> до { $date }.
license-days-left =
    { $days ->
        [one] Залишився { $days } день.
        [few] Залишилося { $days } дні.
       *[many] Залишилося { $days } днів.
    }
license-hours-left = Залишилося { $span }.
license-then =
    { $days ->
        [one] Далі <b>{ $kind }</b>, { $days } день: з { $start } до { $end }.
        [few] Далі <b>{ $kind }</b>, { $days } дні: з { $start } до { $end }.
       *[many] Далі <b>{ $kind }</b>, { $days } днів: з { $start } до { $end }.
    }
license-ended = Ваша ліцензія ({ $kind }) закінчилася { $date }.
license-from-then = З { $date }:
license-expiry = Коли ліцензія закінчується, нічого не закривається: припиняються лише нові входи там, де вона їх відкривала. Відкриті позиції ведуться далі, закрити їх можна будь-коли.
license-table = <b>Що відкриває кожен вид</b>
license-not-yet = Ордери тут поки не виставити. Доти різниться лише кількість підключених рахунків; решта, що працює, безкоштовна для всіх.
license-by-hand = Нові входи вручну:
license-by-signals = Нові входи за сигналами та стратегіями:
license-by-both = Нові входи, вручну та за сигналами:
license-how-many = Не більше ({ $plans }); рахунки – кожного виду на Bybit:
license-kind = Вид
license-column =
    { $kind ->
        [trial] Тріал
        [basic] База
        [premium] Преміум
       *[other] Нема
    }
license-account =
    { $account_type ->
        [paper] Практика
        [demo] Bybit Демо
       *[live] Реальний
    }
license-place =
    { $account_type ->
        [paper] Практика
        [demo] Демо
       *[live] Реальний
    }
license-limit =
    { $limit ->
        [strategies] Стратегії
        [providers] Джерела
       *[accounts] Рахунки
    }
license-needed =
    { $account_type ->
        [demo] Для нових входів на Bybit Демо потрібна ліцензія: { $kind ->
            [trial] тріал
            [basic] базова
           *[premium] преміум
        } або вища. Вашу видно в /license.
       *[live] Для нових входів на реальному рахунку потрібна ліцензія: { $kind ->
            [trial] тріал
            [basic] базова
           *[premium] преміум
        } або вища. Вашу видно в /license.
    }
license-trial-offer =
    { $days ->
        [one] Тріал триває { $days } день, один раз і безкоштовно. Він для ордерів на Bybit Демо, а їх поки не виставити: сьогодні він нічого не додасть, залиште його на потім.
        [few] Тріал триває { $days } дні, один раз і безкоштовно. Він для ордерів на Bybit Демо, а їх поки не виставити: сьогодні він нічого не додасть, залиште його на потім.
       *[many] Тріал триває { $days } днів, один раз і безкоштовно. Він для ордерів на Bybit Демо, а їх поки не виставити: сьогодні він нічого не додасть, залиште його на потім.
    }
license-trial-started =
    { $days ->
        [one] ✓ Тріал почався: { $days } день.
        [few] ✓ Тріал почався: { $days } дні.
       *[many] ✓ Тріал почався: { $days } днів.
    }
license-trial-had = Тріал у вас уже був; він дається один раз.
license-trial-had-before = У цього акаунта Telegram тріал був до того, як його дані видалили; він дається один раз.
button-trial =
    { $days ->
        [one] Спробувати { $days } день
        [few] Спробувати { $days } дні
       *[many] Спробувати { $days } днів
    }
button-license = Ліцензія
button-license-redeem = Ввести код
button-license-subscribe = Купити ліцензію

promise-license-ends =
    { $days ->
        [0] Ваша ліцензія (<b>{ $kind }</b>) закінчується сьогодні, { $on }.
        [one] Ваша ліцензія (<b>{ $kind }</b>) закінчиться за <b>{ $days } день</b>, { $on }.
        [few] Ваша ліцензія (<b>{ $kind }</b>) закінчиться за <b>{ $days } дні</b>, { $on }.
       *[many] Ваша ліцензія (<b>{ $kind }</b>) закінчиться за <b>{ $days } днів</b>, { $on }.
    }
promise-license-ended = Ваша ліцензія (<b>{ $kind }</b>) закінчилася { $on }.
license-then-nothing = Після цього:
license-then-type = Далі піде <b>{ $kind }</b>, до { $until }, і з нею:
license-now-type = Тепер іде <b>{ $kind }</b>, до { $until }.
license-no-entries = – без нових входів: { $accounts }
license-at-most = – не більше: { $limits }
license-stays = Практика лишається безкоштовною. Відкриті позиції ведуться далі, закрити їх можна будь-коли.
button-renew = Продовжити: { $kind } · { $price }
button-buy = Купити: { $kind } · { $price }
