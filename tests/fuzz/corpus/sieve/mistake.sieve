require ["fileinto"]; if header :is "subject" "x" { filinto "a"; }
