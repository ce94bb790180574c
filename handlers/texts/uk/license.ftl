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
license-expiry = Коли ліцензія закінчується, нічого не закривається: позиції, ордери та стопи на Bybit залишаються як є. Припиняються лише нові входи там, де ліцензія їх відкривала.
license-table = <b>Що відкриває кожен вид</b>
license-today =
    { $live ->
        [off] Торгівлю на реальному рахунку в цьому боті вимкнено, і ліцензія її не відкриває. Сигналів і стратегій поки немає.
       *[on] Сигналів і стратегій поки немає.
    }
license-by-hand = Нові входи вручну:
license-by-signals = Нові входи за сигналами та стратегіями:
license-by-both = Нові входи, вручну та за сигналами:
license-how-many = Не більше, за видами ({ $plans }); рахунків на Bybit – кожного типу:
license-kind = Вид
license-column =
    { $kind ->
        [trial] Тріал
        [basic] Базова
        [premium] Преміум
       *[other] Немає
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
        [providers] Провайдери
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
        [one] Тріал триває { $days } день, дається один раз і безкоштовно. Він відкриває ордери на Bybit Демо.
        [few] Тріал триває { $days } дні, дається один раз і безкоштовно. Він відкриває ордери на Bybit Демо.
       *[many] Тріал триває { $days } днів, дається один раз і безкоштовно. Він відкриває ордери на Bybit Демо.
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
        [one] Почати тріал на { $days } день
        [few] Почати тріал на { $days } дні
       *[many] Почати тріал на { $days } днів
    }
button-license = Ліцензія
button-license-redeem = Ввести код
button-license-subscribe = Купити ліцензію

promise-license-ends =
    { $days ->
        [0] Ваша ліцензія (<b>{ $kind }</b>) закінчується сьогодні, { $on }.
        [one] Ваша ліцензія (<b>{ $kind }</b>) закінчиться через <b>{ $days } день</b>, { $on }.
        [few] Ваша ліцензія (<b>{ $kind }</b>) закінчиться через <b>{ $days } дні</b>, { $on }.
       *[many] Ваша ліцензія (<b>{ $kind }</b>) закінчиться через <b>{ $days } днів</b>, { $on }.
    }
promise-license-ended = Ваша ліцензія (<b>{ $kind }</b>) закінчилася { $on }.
license-then-nothing = Після цього:
license-then-type = Далі піде <b>{ $kind }</b>, до { $until }, і з нею:
license-now-type = Тепер іде <b>{ $kind }</b>, до { $until }.
license-no-entries = – без нових входів: { $accounts }
license-at-most = – не більше: { $limits }
license-stays = Практика залишається безкоштовною. Позиції, ордери та стопи на Bybit залишаються як є.
button-renew = Продовжити: { $kind } · { $price }
button-buy = Купити: { $kind } · { $price }
