## Статистика, закрытые сделки, файлы, правда карточек, отчёт дня.

command-stats = Что принесла торговля
command-trades = Закрытые сделки: PnL после всех расходов
command-export = Ваши сделки файлами CSV
command-truth = Что обещали карточки и что вышло
command-fills = Последние исполнения и комиссии
button-stats = Статистика
button-closed = Закрытые
button-truth = Правда карточек
button-export-csv = Файлы CSV
button-fills = Исполнения
button-earlier = ‹ Раньше
button-later = Позже ›

stats-title = <b>Статистика</b> · { $account }
stats-counting = ⏳ Считаю ваши сделки…
stats-period =
    { $period ->
        [day] День
        [week] Неделя
        [month] Месяц
        [year] Год
       *[all] Всё
    }
stats-span =
    { $period ->
        [day] День · { $days }
        [week] Неделя · { $days }
        [month] Месяц · { $days }
        [year] Год · { $days }
       *[all] { $run ->
            [0] За всё время
           *[other] Практика, запуск { $run }
        }
    }
stats-run = Практика, запуск { $run }: что было до сброса, стоит под «Всё».
stats-part =
    { $part ->
        [symbols] Пары
        [sides] Стороны
        [exits] Выходы
       *[all] Обзор
    }
stats-none = За это время ничего не закрыто. Когда позиция закроется, её результат появится здесь.
stats-none-earlier = За это время ничего не закрыто. Что закрыто раньше, стоит под «Раньше».
stats-result = { $arrow } <b>{ $pnl }</b> после комиссий и фандинга
stats-trades = Сделок
stats-closes = Закрытий
stats-won = В плюс
stats-factor = Профит-фактор
stats-no-loss = без потерь
stats-expectancy = За сделку
stats-best = Лучшая
stats-worst = Худшая
stats-drawdown = Просадка
stats-held = Держали
stats-fees = Комиссии
stats-funding = Фандинг
stats-slippage =
    { $kind ->
        [even] Проскальзывание ничего вам не стоило. Ордеров, о которых это известно: { $known } из { $count }.
        [cost] Проскальзывание стоило вам <b>{ $money }</b>. Ордеров, о которых это известно: { $known } из { $count }.
        [gain] Исполнено на <b>{ $money }</b> лучше показанных цен. Ордеров, о которых это известно: { $known } из { $count }.
       *[none] Сколько стоило проскальзывание, неизвестно: цены до этих исполнений не сохранены.
    }
stats-fall =
    { $same ->
        [1] Самая глубокая просадка: { $amount }, { $first }.
       *[other] Самая глубокая просадка: { $amount }, с { $first } по { $last }.
    }
stats-evens =
    { $count ->
        [one] { $count } сделка вышла ровно в ноль: это ни плюс, ни минус.
        [few] { $count } сделки вышли ровно в ноль: это ни плюс, ни минус.
       *[many] { $count } сделок вышли ровно в ноль: это ни плюс, ни минус.
    }
stats-few =
    { $count ->
        [one] <i>{ $count } сделка: доли пока мало о чём говорят.</i>
        [few] <i>{ $count } сделки: доли пока мало о чём говорят.</i>
       *[many] <i>{ $count } сделок: доли пока мало о чём говорят.</i>
    }
stats-other =
    { $count ->
        [one] В { $coin }: { $count } сделка, { $pnl }
        [few] В { $coin }: { $count } сделки, { $pnl }
       *[many] В { $coin }: { $count } сделок, { $pnl }
    }
stats-resets =
    { $count ->
        [one] <i>{ $count } закрытие при сбросе практики не считается.</i>
        [few] <i>{ $count } закрытия при сбросе практики не считаются.</i>
       *[many] <i>{ $count } закрытий при сбросе практики не считаются.</i>
    }
stats-legacy =
    { $count ->
        [one] <i>{ $count } сделка старого бота не считается: её размер и комиссии неизвестны.</i>
        [few] <i>{ $count } сделки старого бота не считаются: их размеры и комиссии неизвестны.</i>
       *[many] <i>{ $count } сделок старого бота не считаются: их размеры и комиссии неизвестны.</i>
    }
stats-by-symbol = По парам: сделок, в плюс, PnL
stats-by-side = По сторонам: сделок, в плюс, PnL
stats-by-exit = По выходам: закрытий, в плюс, PnL
stats-more = и ещё { $count }
stats-exit =
    { $reason ->
        [manual] вручную
        [target] цель
        [stop] стоп
        [trailing] трейлинг-стоп
        [liquidation] ликвидация
        [adl] ADL
        [settlement] расчёт
        [reset] сброс
        [emergency] стоп не встал
        [elsewhere] на Bybit
       *[unknown] нет данных
    }

closed-title = <b>Закрытые сделки</b> · { $account }
closed-total =
    { $count ->
        [one] Закрыто: { $count }, PnL после всех расходов · время: { $zone }
        [few] Закрыто: { $count }, PnL после всех расходов · время: { $zone }
       *[many] Закрыто: { $count }, PnL после всех расходов · время: { $zone }
    }
closed-none = Здесь пока ничего не закрыто. Закрытая позиция встанет сюда со своим результатом. Что исполнено, здесь или на Bybit, стоит под «Исполнения».

export-title = <b>Файлы CSV</b> · { $account }
export-about = Для налогов и таблиц: исполнения, закрытые сделки и фандинг, по файлу на каждое. Время UTC, суммы до последней цифры. За какой срок?
export-choice =
    { $period ->
        [month] { $back ->
            [0] Этот месяц
           *[other] Прошлый месяц
        }
        [year] { $back ->
            [0] Этот год
           *[other] Прошлый год
        }
       *[all] Всё
    }
export-begun = ⏳ Готовлю файлы. Если за несколько минут ничего не придёт, нажмите ещё раз.
export-under-way = Прошлые файлы ещё готовятся: по одному запросу, пожалуйста.
export-empty = За это время ничего нет: ни исполнений, ни закрытых сделок, ни фандинга.
export-done =
    { $count ->
        [one] ✅ { $count } файл:
        [few] ✅ { $count } файла:
       *[many] ✅ { $count } файлов:
    }
export-rows =
    { $kind ->
        [fills] Исполнений: { $rows }
        [closed-trades] Закрытых сделок: { $rows }
       *[funding] Фандинг: { $rows }
    }
export-failed = ⚠️ Отправить файлы не вышло. Ничего не потеряно: нажмите ещё раз.

truth-title = <b>Правда карточек</b> · { $account }
truth-none = В этом месяце ни одна ваша карточка не дошла до исполнения. Карточка называет цену, комиссию и потерю на стопе; здесь видно, что из этого вышло.
truth-entries =
    { $count ->
        [one] <b>Входы</b>: исполнен { $count } ордер
        [few] <b>Входы</b>: исполнено { $count } ордера
       *[many] <b>Входы</b>: исполнено { $count } ордеров
    }
truth-worst = Не хуже худшей цены карточки: { $kept } из { $known }
truth-price =
    { $kind ->
        [even] По цене на карточке ({ $count })
        [gain] На <b>{ $money }</b> лучше цены на карточке ({ $count })
       *[cost] На <b>{ $money }</b> хуже цены на карточке ({ $count })
    }
truth-limits = Лимитных ордеров, у них своя цена: { $count }
truth-price-unknown = Цена на карточке не сохранена: { $count }
truth-fees =
    { $kept ->
        [1] Комиссии за вход: обещано не больше { $said }, взято <b>{ $paid }</b>
       *[other] ⚠️ Комиссии за вход: обещано не больше { $said }, взято <b>{ $paid }</b>
    }
truth-fees-unknown = Комиссия на карточке не сохранена: { $count }
truth-stops =
    { $all ->
        [1] <b>Стопы</b>: сработали { $held } из { $reached }
       *[0] <b>Стопы</b>: сработали { $held } из { $reached }; остальное кончилось ликвидацией или потому, что стоп не вставал
    }
truth-stop-price =
    { $kind ->
        [even] Закрыто по цене стопа
        [gain] Закрыто на <b>{ $money }</b> лучше цены стопа
       *[cost] Закрыто на <b>{ $money }</b> хуже цены стопа
    }
truth-loss = Потеря на стопе: обещано { $said }, вышло <b>{ $came }</b>; не хуже обещанного: { $within } из { $count }
truth-moved = Не сравнить, стоп двигали: { $count }
truth-loss-unknown = Не сравнить, карточка не сохранена: { $count }
truth-exits =
    { $count ->
        [one] <b>Выходы</b>: { $count }
        [few] <b>Выходы</b>: { $count }
       *[many] <b>Выходы</b>: { $count }
    }
truth-exit-price =
    { $kind ->
        [even] По показанной цене ({ $count })
        [gain] На <b>{ $money }</b> лучше показанной цены ({ $count })
       *[cost] На <b>{ $money }</b> хуже показанной цены ({ $count })
    }
truth-exit-unknown = Цена заранее не показана, как у целей: { $count }

daily-title = <b>Отчёт дня</b>
daily-about = Одно сообщение в день: что закрыто, лучшее и худшее, что открыто, сколько стоило проскальзывание. В дни без сделок и позиций его нет. Выберите час или напишите <code>/stats daily 21</code>.
daily-now =
    { $on ->
        [1] Приходит в <b>{ $hour }</b> ({ $zone }).
       *[other] Выключен. Часы ваши: { $zone }.
    }
daily-set = ✅ Теперь каждый день в { $hour } ({ $zone }).
daily-off = ✅ Отчёта дня больше не будет.
daily-hour = «{ $word }» не час. Например: <code>/stats daily 21</code> или <code>/stats daily off</code>.
button-daily =
    { $on ->
        [1] Отчёт: { $hour }
       *[other] Отчёт: нет
    }
button-daily-off = Выключить
daily-report = 📊 <b>Ваш день</b> · { $since } – { $until } ({ $zone })
daily-result =
    { $count ->
        [one] { $arrow } <b>{ $pnl }</b> · { $count } сделка, в плюс { $wins }
        [few] { $arrow } <b>{ $pnl }</b> · { $count } сделки, в плюс { $wins }
       *[many] { $arrow } <b>{ $pnl }</b> · { $count } сделок, в плюс { $wins }
    }
daily-nothing-closed = Ничего не закрыто.
daily-best = Лучшая { $best } · худшая { $worst }
daily-open =
    { $count ->
        [0] Ничего не открыто.
        [one] Открыта { $count } позиция · { $pnl }
        [few] Открыто { $count } позиции · { $pnl }
       *[many] Открыто { $count } позиций · { $pnl }
    }
daily-slippage =
    { $kind ->
        [even] Исполнено по показанным ценам.
        [gain] Исполнено на { $money } лучше показанных цен.
       *[cost] Проскальзывание стоило вам { $money }.
    }
