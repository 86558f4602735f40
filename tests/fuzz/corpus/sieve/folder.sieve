# Le dossier du projet
require ["fileinto", "envelope", "comparator-i;octet"];
if allof (header :contains "subject" ["projet", "réseaux"], address :is "from" "bob@lab.fr") {
    fileinto "Projet Réseaux";
} elsif anyof (size :over 100K, not exists ["message-id", "date"], envelope :domain "from" "spam.fr") {
    discard;
    stop;
} else {
    redirect "Alice <alice@lab.fr>"; keep;
}
---
From: Bob <bob@lab.fr>
Subject: =?UTF-8?Q?Projet_R=C3=A9seaux?=

Bonjour
