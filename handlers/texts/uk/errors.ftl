## Що можна виправити й у чому винен сам бот.

error-number =
    Такого числа я прочитати не можу. Звичайними цифрами, будь ласка: <code>1.5</code>
    Від { $minimum } до { $maximum }.
error-number-whole =
    Такого числа я прочитати не можу. Ціле число звичайними цифрами, будь ласка: <code>5</code>
    Від { $minimum } до { $maximum }.
error-number-range = Потрібне число від { $minimum } до { $maximum }.
error-number-places =
    { $places ->
        [0] Лише цілі числа, будь ласка.
        [one] Не більше ніж { $places } знак після крапки, будь ласка.
        [few] Не більше ніж { $places } знаки після крапки, будь ласка.
       *[many] Не більше ніж { $places } знаків після крапки, будь ласка.
    }
error-number-ambiguous = Це { $first } чи { $second }? Напишіть, будь ласка, без коми.
error-symbol = Це не схоже на пару. Латинські літери й цифри, будь ласка: <code>/price btc</code>
error-unknown-symbol =
    { $count ->
        [0] { $symbol } на Bybit не торгується. Що торгується, покаже /symbols.
        [one] { $symbol } на Bybit не торгується. Може, { $nearest }?
       *[many] { $symbol } на Bybit не торгується. Може, щось із цього: { $nearest }?
    }
error-category = Є <code>linear</code> (безстрокові) і <code>spot</code>, але не «{ $word }».
error-account-type = Є рахунки <code>paper</code> (Практика), <code>demo</code> і <code>live</code>, але не «{ $word }».
error-language = Говорю мовами <code>en</code>, <code>ru</code> і <code>uk</code>, але не «{ $word }».
error-setting = Налаштування «{ $word }» я не знаю. Може, { $nearest }?
error-setting-unlike = Налаштування «{ $word }» я не знаю. Усі налаштування покаже /settings.
error-too-long =
    { $limit ->
        [one] Задовго: не більше ніж { $limit } знак.
        [few] Задовго: не більше ніж { $limit } знаки.
       *[many] Задовго: не більше ніж { $limit } знаків.
    }
error-choice = Виберіть одне з цього: { $choices }.
error-time-zone =
    { $count ->
        [0] Такого місця не знаю. Спробуйте більше місто або різницю з UTC: <code>Київ</code>, <code>+3</code>, <code>+5:30</code>.
       *[many] Такого місця не знаю. Може, { $nearest }?
    }
error-no-account-number =
    Рахунку «{ $account_type ->
        [demo] Bybit Демо
        [paper] Практика
       *[live] Реальний рахунок
    } { $number }» у вас немає. /keys показує ті, що є.
error-no-account =
    { $account_type ->
        [demo] Bybit Демо ще не підключено.
        [live] Реальний рахунок ще не підключено.
       *[paper] Рахунку «Практика» немає.
    }
error-payment-currency = Це сплачено в { $currency }. Я приймаю лише Telegram Stars, тому нічого не додано. Напишіть, будь ласка, у /paysupport.
error-codes-lost = Коди цієї кампанії більше не можна ні показати, ні активувати: ключ, яким їх зашифровано, втрачено. Створіть нову: /promo new
error-start-first = Ми ще не знайомі. Надішліть, будь ласка, /start.
error-button-expired = Цю кнопку вже натиснуто або вона застаріла. Ось меню:
error-outcome-unknown = Bybit ще не відповів, чим це закінчилося. Перевіряю; двічі нічого не надсилається.
error-apology = Вибачте, у мене сталася помилка. Якщо вона повториться, передайте тому, хто веде бота, цей номер: <code>{ $reference }</code>
error-storage = Вибачте, не вдалося це зберегти, тому нічого не змінилося. Спробуйте через хвилину. (<code>{ $reference }</code>)
error-telegram-limits = Telegram ненадовго обмежив цей чат, тому файл не надіслано. Попросіть його ще раз через хвилину.

# An update that waited too long.
late-command = Ви надіслали <code>{ $command }</code> о { $sent }, { $age } тому. Це дійшло до мене лише зараз, тому я нічого не зробив.
late-press = Ви натиснули цю кнопку до { $age } тому, о { $sent } або пізніше. Це дійшло до мене лише зараз, тому я нічого не зробив.
button-do-now = Зробити зараз
