-- What is due is taken in this order, ten at a time out of however many; what is at a provider is looked at by when it was asked.
create index message_next on message (not_before, id) where state = 'waiting';
create index message_asked on message (asked_at) where state = 'sending';
drop index message_due;
