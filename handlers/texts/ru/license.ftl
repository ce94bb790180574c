## Лицензия: что есть, что отложено, что открывает каждый вид, напоминания.

command-license = Что у вас есть и до какого дня

license-title = <b>Лицензия</b>
license-none = Лицензии у вас нет.
license-practice = Практика бесплатна, для неё лицензия не нужна.
license-type =
    { $kind ->
        [trial] Триал
        [basic] Базовая
        [premium] Премиум
       *[other] Без лицензии
    }
license-running = <b>{ $kind }</b> до { $date }.
license-days-left =
    { $days ->
        [one] Остался { $days } день.
        [few] Осталось { $days } дня.
       *[many] Осталось { $days } дней.
    }
license-hours-left = Осталось { $span }.
license-then =
    { $days ->
        [one] Затем <b>{ $kind }</b>, { $days } день: с { $start } до { $end }.
        [few] Затем <b>{ $kind }</b>, { $days } дня: с { $start } до { $end }.
       *[many] Затем <b>{ $kind }</b>, { $days } дней: с { $start } до { $end }.
    }
license-ended = Ваша лицензия ({ $kind }) закончилась { $date }.
license-from-then = С { $date }:
license-expiry = Когда лицензия кончается, ничего не закрывается: позиции, ордера и стопы на Bybit остаются как есть. Прекращаются только новые входы там, где лицензия их открывала.
license-table = <b>Что открывает каждый вид</b>
license-today =
    { $live ->
        [off] Торговля на реальном счёте в этом боте выключена, и лицензия её не открывает. Сигналов и стратегий пока нет.
       *[on] Сигналов и стратегий пока нет.
    }
license-by-hand = Новые входы вручную:
license-by-signals = Новые входы по сигналам и стратегиям:
license-by-both = Новые входы, вручную и по сигналам:
license-how-many = Не больше, по видам ({ $plans }); счетов на Bybit – каждого типа:
license-kind = Вид
license-column =
    { $kind ->
        [trial] Триал
        [basic] Базовая
        [premium] Премиум
       *[other] Нет
    }
license-account =
    { $account_type ->
        [paper] Практика
        [demo] Bybit Демо
       *[live] Реальный
    }
license-place =
    { $account_type ->
        [paper] Практика
        [demo] Демо
       *[live] Реальный
    }
license-limit =
    { $limit ->
        [strategies] Стратегии
        [providers] Провайдеры
       *[accounts] Счета
    }
license-needed =
    { $account_type ->
        [demo] Для новых входов на Bybit Демо нужна лицензия: { $kind ->
            [trial] триал
            [basic] базовая
           *[premium] премиум
        } или выше. Ваша видна в /license.
       *[live] Для новых входов на реальном счёте нужна лицензия: { $kind ->
            [trial] триал
            [basic] базовая
           *[premium] премиум
        } или выше. Ваша видна в /license.
    }
license-trial-offer =
    { $days ->
        [one] Триал длится { $days } день, даётся один раз и бесплатно. Он открывает ордера на Bybit Демо.
        [few] Триал длится { $days } дня, даётся один раз и бесплатно. Он открывает ордера на Bybit Демо.
       *[many] Триал длится { $days } дней, даётся один раз и бесплатно. Он открывает ордера на Bybit Демо.
    }
license-trial-started =
    { $days ->
        [one] ✓ Триал начался: { $days } день.
        [few] ✓ Триал начался: { $days } дня.
       *[many] ✓ Триал начался: { $days } дней.
    }
license-trial-had = Триал у вас уже был; он даётся один раз.
license-trial-had-before = У этого аккаунта Telegram триал был до того, как его данные удалили; он даётся один раз.
button-trial =
    { $days ->
        [one] Начать триал на { $days } день
        [few] Начать триал на { $days } дня
       *[many] Начать триал на { $days } дней
    }
button-license = Лицензия
button-license-redeem = Ввести код
button-license-subscribe = Купить лицензию

promise-license-ends =
    { $days ->
        [0] Ваша лицензия (<b>{ $kind }</b>) заканчивается сегодня, { $on }.
        [one] Ваша лицензия (<b>{ $kind }</b>) закончится через <b>{ $days } день</b>, { $on }.
        [few] Ваша лицензия (<b>{ $kind }</b>) закончится через <b>{ $days } дня</b>, { $on }.
       *[many] Ваша лицензия (<b>{ $kind }</b>) закончится через <b>{ $days } дней</b>, { $on }.
    }
promise-license-ended = Ваша лицензия (<b>{ $kind }</b>) закончилась { $on }.
license-then-nothing = После этого:
license-then-type = Затем пойдёт <b>{ $kind }</b>, до { $until }, и с ней:
license-now-type = Теперь идёт <b>{ $kind }</b>, до { $until }.
license-no-entries = – без новых входов: { $accounts }
license-at-most = – не больше: { $limits }
license-stays = Практика остаётся бесплатной. Позиции, ордера и стопы на Bybit остаются как есть.
button-renew = Продлить: { $kind } · { $price }
button-buy = Купить: { $kind } · { $price }
