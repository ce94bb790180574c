## Ордери словами: як їх зрозуміли і про що запитати.

typed-title = <i>Ось як я це зрозумів. Поки нічого не надіслано.</i>
typed-what = <b>{ $side } { $symbol }</b> · { $account }
typed-size = Розмір: <b>{ $size }</b>
typed-size-by-settings = Розмір: <b>{ $size }</b>, як у /settings
typed-size-share = { $percent } вартості рахунку
typed-size-risk = { $percent } вартості рахунку під ризиком на стопі
typed-size-max = усе, що вільно
typed-limit = Ліміт: <b>{ $price }</b>
typed-entries = Два входи: <b>{ $prices }</b>
typed-zone = Зона { $low } – { $high }: один вхід, ліміт <b>{ $price }</b>
typed-stop = Стоп: <b>{ $stop }</b>
typed-no-stop = <b>Без стопу</b>
typed-targets =
    { $count ->
        [one] Ціль: <b>{ $targets }</b>
        [few] Цілі: <b>{ $targets }</b>
       *[many] Цілі: <b>{ $targets }</b>
    }
typed-no-target = Без цілі
typed-away = { $percent } від входу
typed-breakeven = Після першої цілі стоп піде в беззбиток
typed-trailing = Трейлінг-стоп за найкращою ціною: <b>{ $percent }</b>
typed-leverage = Плече: <b>{ $leverage }x</b>
typed-unread = Не стосується ордера: { $words }
typed-or-type = Або напишіть, що тут має бути.
typed-fix = Що має бути замість «{ $word }»? Напишіть, і я поставлю це на місце.

typed-doubt-side = ❓ Купити чи продати?
typed-doubt-symbol = ❓ Яка монета? Напишіть: btc, eth, sol …
typed-doubt-two-symbols = ❓ «{ $word }»: це друга монета. Один ордер – одна монета.
typed-doubt-unknown-symbol = ❓ Безстрокового контракту «{ $word }» я не знаю.
typed-doubt-ambiguous = ❓ «{ $word }» можна прочитати двояко. Як правильно?
typed-doubt-unreadable = ❓ «{ $word }» тут не читається як число.
typed-doubt-bare = ❓ «{ $word }»: долари, монети чи ціна?
typed-doubt-far = ❓ Ціна «{ $word }» далека від ринку ({ $market }). Що мається на увазі?
typed-doubt-second = ❓ «{ $word }» удруге й інакше каже те, що вже сказано.
typed-doubt-lacks = ❓ «{ $word }»: бракує числа.
typed-doubt-percent = ❓ «{ $word }»: тут інша одиниця. Ризик – це відсоток, вхід – це ціна.
typed-doubt-shares = ❓ Частки біля «{ $word }»: по одній на ціль, разом 100 %.
typed-doubt-sign = ❓ Знак у «{ $word }» сюди не підходить.
typed-doubt-order = ❓ Цілі мають іти в один бік, а «{ $word }» повертає назад.
typed-doubt-word = ❓ «{ $word }» може змінити сенс ордера, і я не знаю, як це зрозуміти.
typed-doubt-unknown-word = ❓ Я не знаю слова «{ $word }», а за ним стоїть число.
typed-doubt-money = ❓ «{ $word }»: я рахую лише в USDT. Скільки це?
typed-doubt-leverage = ❓ Плече «{ $word }»: це ціле число від 1 до 200.
typed-doubt-spot = ❓ «{ $word }»: спот тут поки не торгується, лише безстрокові контракти в USDT.
typed-doubt-too-many = ❓ «{ $word }» вже зайве: в ордері не більше двох входів і п'яти цілей.

button-typed-go-on = Далі
button-typed-fix = Виправити «{ $word }»
button-typed-leave-out = Прибрати «{ $word }»
button-typed-limit = Ліміт { $price }
button-typed-meant = Так, { $price }
question-typed-word = слово вашого ордера
