/* a comment */ require "fileinto" ;
if header :matches :comparator "i;octet" ["Subject","X-Spam"] text: # the keys
..*\?a?*\\
.
{ if true { if false {} else { fileinto "a/b\"c"; } } }
---
Subject: .x?ab\
X-Spam: a
