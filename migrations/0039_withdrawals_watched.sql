-- The audit log says of a withdrawal that it was asked and decided; why it was is in the row, for those who see it.
drop trigger audit_insert on entitlement_withdrawal;
drop trigger audit_update on entitlement_withdrawal;
drop trigger audit_delete on entitlement_withdrawal;
call watch('entitlement_withdrawal', 'id', 'region_code', 'determination_id,family_id,state');
