require ["variables", "fileinto", "envelope"];
set :lower :upperfirst "Nom" "bonJOUR";
set :quotewildcard :length "n" "a*b?${Nom}";
if header :matches "subject" "[*] *: ??*" {
    fileinto "Listes/${1}/${nom} ${n} ${31} ${} $${2}";
} elsif allof (string :matches ["${n}", "x"] "1?", envelope :matches "from" "*@*") {
    redirect "N <${1}@${2}>";
}
---
From: Bob <bob@lab.fr>
Subject: [Lab] Re: Projet

Bonjour
