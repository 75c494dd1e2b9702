-- rung:revision 067
-- rung:parents 066
-- rung:message fix CASCADE delete constraints

-- rung:up postgresql
ALTER TABLE public.agent_memory ADD CONSTRAINT agent_memory_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID;
-- rung:commit
ALTER TABLE public.agent_memory VALIDATE CONSTRAINT agent_memory_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.agent_memory DROP CONSTRAINT agent_memory_user_id_fkey;
ALTER TABLE public.agent_memory RENAME CONSTRAINT agent_memory_user_id_fkey_rung_new TO agent_memory_user_id_fkey;

-- rung:commit
ALTER TABLE public.appointments ADD CONSTRAINT appointments_patient_id_fkey_rung_new FOREIGN KEY (patient_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.appointments VALIDATE CONSTRAINT appointments_patient_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.appointments DROP CONSTRAINT appointments_patient_id_fkey;
ALTER TABLE public.appointments RENAME CONSTRAINT appointments_patient_id_fkey_rung_new TO appointments_patient_id_fkey;

-- rung:commit
ALTER TABLE public.chat_messages ADD CONSTRAINT chat_messages_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.chat_messages VALIDATE CONSTRAINT chat_messages_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.chat_messages DROP CONSTRAINT chat_messages_user_id_fkey;
ALTER TABLE public.chat_messages RENAME CONSTRAINT chat_messages_user_id_fkey_rung_new TO chat_messages_user_id_fkey;

-- rung:commit
ALTER TABLE public.chat_sessions ADD CONSTRAINT chat_sessions_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.chat_sessions VALIDATE CONSTRAINT chat_sessions_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.chat_sessions DROP CONSTRAINT chat_sessions_user_id_fkey;
ALTER TABLE public.chat_sessions RENAME CONSTRAINT chat_sessions_user_id_fkey_rung_new TO chat_sessions_user_id_fkey;

-- rung:commit
ALTER TABLE public.clinical_notes ADD CONSTRAINT "clinical note's patient_rung_new" FOREIGN KEY (patient_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.clinical_notes VALIDATE CONSTRAINT "clinical note's patient_rung_new";
-- rung:commit
ALTER TABLE public.clinical_notes DROP CONSTRAINT "clinical note's patient";
ALTER TABLE public.clinical_notes RENAME CONSTRAINT "clinical note's patient_rung_new" TO "clinical note's patient";

-- rung:commit
ALTER TABLE public.clinical_reports ADD CONSTRAINT clinical_reports_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.clinical_reports VALIDATE CONSTRAINT clinical_reports_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.clinical_reports DROP CONSTRAINT clinical_reports_user_id_fkey;
ALTER TABLE public.clinical_reports RENAME CONSTRAINT clinical_reports_user_id_fkey_rung_new TO clinical_reports_user_id_fkey;

-- rung:commit
ALTER TABLE public.consultation_requests ADD CONSTRAINT consultation_requests_doctor_id_fkey_rung_new FOREIGN KEY (doctor_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.consultation_requests VALIDATE CONSTRAINT consultation_requests_doctor_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.consultation_requests DROP CONSTRAINT consultation_requests_doctor_id_fkey;
ALTER TABLE public.consultation_requests RENAME CONSTRAINT consultation_requests_doctor_id_fkey_rung_new TO consultation_requests_doctor_id_fkey;
-- rung:commit
ALTER TABLE public.consultation_requests ADD CONSTRAINT consultation_requests_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.consultation_requests VALIDATE CONSTRAINT consultation_requests_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.consultation_requests DROP CONSTRAINT consultation_requests_user_id_fkey;
ALTER TABLE public.consultation_requests RENAME CONSTRAINT consultation_requests_user_id_fkey_rung_new TO consultation_requests_user_id_fkey;

-- rung:commit
ALTER TABLE public.document_processing_logs ADD CONSTRAINT document_processing_logs_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.document_processing_logs VALIDATE CONSTRAINT document_processing_logs_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.document_processing_logs DROP CONSTRAINT document_processing_logs_user_id_fkey;
ALTER TABLE public.document_processing_logs RENAME CONSTRAINT document_processing_logs_user_id_fkey_rung_new TO document_processing_logs_user_id_fkey;

-- rung:commit
ALTER TABLE public.feedback ADD CONSTRAINT feedback_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.feedback VALIDATE CONSTRAINT feedback_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.feedback DROP CONSTRAINT feedback_user_id_fkey;
ALTER TABLE public.feedback RENAME CONSTRAINT feedback_user_id_fkey_rung_new TO feedback_user_id_fkey;

-- rung:commit
ALTER TABLE public.health_data_history ADD CONSTRAINT health_data_history_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.health_data_history VALIDATE CONSTRAINT health_data_history_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.health_data_history DROP CONSTRAINT health_data_history_user_id_fkey;
ALTER TABLE public.health_data_history RENAME CONSTRAINT health_data_history_user_id_fkey_rung_new TO health_data_history_user_id_fkey;

-- rung:commit
ALTER TABLE public.health_scores ADD CONSTRAINT health_scores_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.health_scores VALIDATE CONSTRAINT health_scores_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.health_scores DROP CONSTRAINT health_scores_user_id_fkey;
ALTER TABLE public.health_scores RENAME CONSTRAINT health_scores_user_id_fkey_rung_new TO health_scores_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_daily_aggregates ADD CONSTRAINT healthkit_daily_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_daily_aggregates VALIDATE CONSTRAINT healthkit_daily_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_daily_aggregates DROP CONSTRAINT healthkit_daily_aggregates_user_id_fkey;
ALTER TABLE public.healthkit_daily_aggregates RENAME CONSTRAINT healthkit_daily_aggregates_user_id_fkey_rung_new TO healthkit_daily_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_monthly_aggregates ADD CONSTRAINT healthkit_monthly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_monthly_aggregates VALIDATE CONSTRAINT healthkit_monthly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_monthly_aggregates DROP CONSTRAINT healthkit_monthly_aggregates_user_id_fkey;
ALTER TABLE public.healthkit_monthly_aggregates RENAME CONSTRAINT healthkit_monthly_aggregates_user_id_fkey_rung_new TO healthkit_monthly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_raw_data ADD CONSTRAINT healthkit_raw_data_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_raw_data VALIDATE CONSTRAINT healthkit_raw_data_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_raw_data DROP CONSTRAINT healthkit_raw_data_user_id_fkey;
ALTER TABLE public.healthkit_raw_data RENAME CONSTRAINT healthkit_raw_data_user_id_fkey_rung_new TO healthkit_raw_data_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_sync_status ADD CONSTRAINT healthkit_sync_status_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_sync_status VALIDATE CONSTRAINT healthkit_sync_status_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_sync_status DROP CONSTRAINT healthkit_sync_status_user_id_fkey;
ALTER TABLE public.healthkit_sync_status RENAME CONSTRAINT healthkit_sync_status_user_id_fkey_rung_new TO healthkit_sync_status_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_weekly_aggregates ADD CONSTRAINT healthkit_weekly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_weekly_aggregates VALIDATE CONSTRAINT healthkit_weekly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_weekly_aggregates DROP CONSTRAINT healthkit_weekly_aggregates_user_id_fkey;
ALTER TABLE public.healthkit_weekly_aggregates RENAME CONSTRAINT healthkit_weekly_aggregates_user_id_fkey_rung_new TO healthkit_weekly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_report_categorized ADD CONSTRAINT lab_report_categorized_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.lab_report_categorized VALIDATE CONSTRAINT lab_report_categorized_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_report_categorized DROP CONSTRAINT lab_report_categorized_user_id_fkey;
ALTER TABLE public.lab_report_categorized RENAME CONSTRAINT lab_report_categorized_user_id_fkey_rung_new TO lab_report_categorized_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_reports ADD CONSTRAINT lab_reports_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.lab_reports VALIDATE CONSTRAINT lab_reports_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_reports DROP CONSTRAINT lab_reports_user_id_fkey;
ALTER TABLE public.lab_reports RENAME CONSTRAINT lab_reports_user_id_fkey_rung_new TO lab_reports_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_reports_daily ADD CONSTRAINT lab_reports_daily_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.lab_reports_daily VALIDATE CONSTRAINT lab_reports_daily_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_reports_daily DROP CONSTRAINT lab_reports_daily_user_id_fkey;
ALTER TABLE public.lab_reports_daily RENAME CONSTRAINT lab_reports_daily_user_id_fkey_rung_new TO lab_reports_daily_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_reports_quarterly ADD CONSTRAINT lab_reports_quarterly_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.lab_reports_quarterly VALIDATE CONSTRAINT lab_reports_quarterly_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_reports_quarterly DROP CONSTRAINT lab_reports_quarterly_user_id_fkey;
ALTER TABLE public.lab_reports_quarterly RENAME CONSTRAINT lab_reports_quarterly_user_id_fkey_rung_new TO lab_reports_quarterly_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_reports_yearly ADD CONSTRAINT lab_reports_yearly_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.lab_reports_yearly VALIDATE CONSTRAINT lab_reports_yearly_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_reports_yearly DROP CONSTRAINT lab_reports_yearly_user_id_fkey;
ALTER TABLE public.lab_reports_yearly RENAME CONSTRAINT lab_reports_yearly_user_id_fkey_rung_new TO lab_reports_yearly_user_id_fkey;

-- rung:commit
ALTER TABLE public.login_events ADD CONSTRAINT login_events_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.login_events DROP CONSTRAINT login_events_user_id_fkey;
ALTER TABLE public.login_events RENAME CONSTRAINT login_events_user_id_fkey_rung_new TO login_events_user_id_fkey;

-- rung:commit
ALTER TABLE public.medical_images ADD CONSTRAINT medical_images_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.medical_images VALIDATE CONSTRAINT medical_images_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.medical_images DROP CONSTRAINT medical_images_user_id_fkey;
ALTER TABLE public.medical_images RENAME CONSTRAINT medical_images_user_id_fkey_rung_new TO medical_images_user_id_fkey;
COMMENT ON CONSTRAINT medical_images_user_id_fkey ON public.medical_images IS 'the files themselves are removed by the storage job';

-- rung:commit
ALTER TABLE public.mental_health_daily ADD CONSTRAINT mental_health_daily_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.mental_health_daily VALIDATE CONSTRAINT mental_health_daily_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.mental_health_daily DROP CONSTRAINT mental_health_daily_user_id_fkey;
ALTER TABLE public.mental_health_daily RENAME CONSTRAINT mental_health_daily_user_id_fkey_rung_new TO mental_health_daily_user_id_fkey;

-- rung:commit
ALTER TABLE public.mental_health_entries ADD CONSTRAINT mental_health_entries_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.mental_health_entries VALIDATE CONSTRAINT mental_health_entries_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.mental_health_entries DROP CONSTRAINT mental_health_entries_user_id_fkey;
ALTER TABLE public.mental_health_entries RENAME CONSTRAINT mental_health_entries_user_id_fkey_rung_new TO mental_health_entries_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_daily_aggregates ADD CONSTRAINT nutrition_daily_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_daily_aggregates VALIDATE CONSTRAINT nutrition_daily_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_daily_aggregates DROP CONSTRAINT nutrition_daily_aggregates_user_id_fkey;
ALTER TABLE public.nutrition_daily_aggregates RENAME CONSTRAINT nutrition_daily_aggregates_user_id_fkey_rung_new TO nutrition_daily_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_goals ADD CONSTRAINT nutrition_goals_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_goals VALIDATE CONSTRAINT nutrition_goals_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_goals DROP CONSTRAINT nutrition_goals_user_id_fkey;
ALTER TABLE public.nutrition_goals RENAME CONSTRAINT nutrition_goals_user_id_fkey_rung_new TO nutrition_goals_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_meal_plans ADD CONSTRAINT nutrition_meal_plans_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE DEFERRABLE NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_meal_plans VALIDATE CONSTRAINT nutrition_meal_plans_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_meal_plans DROP CONSTRAINT nutrition_meal_plans_user_id_fkey;
ALTER TABLE public.nutrition_meal_plans RENAME CONSTRAINT nutrition_meal_plans_user_id_fkey_rung_new TO nutrition_meal_plans_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_monthly_aggregates ADD CONSTRAINT nutrition_monthly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_monthly_aggregates VALIDATE CONSTRAINT nutrition_monthly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_monthly_aggregates DROP CONSTRAINT nutrition_monthly_aggregates_user_id_fkey;
ALTER TABLE public.nutrition_monthly_aggregates RENAME CONSTRAINT nutrition_monthly_aggregates_user_id_fkey_rung_new TO nutrition_monthly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_raw_data ADD CONSTRAINT nutrition_raw_data_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_raw_data VALIDATE CONSTRAINT nutrition_raw_data_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_raw_data DROP CONSTRAINT nutrition_raw_data_user_id_fkey;
ALTER TABLE public.nutrition_raw_data RENAME CONSTRAINT nutrition_raw_data_user_id_fkey_rung_new TO nutrition_raw_data_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_sync_status ADD CONSTRAINT nutrition_sync_status_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_sync_status VALIDATE CONSTRAINT nutrition_sync_status_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_sync_status DROP CONSTRAINT nutrition_sync_status_user_id_fkey;
ALTER TABLE public.nutrition_sync_status RENAME CONSTRAINT nutrition_sync_status_user_id_fkey_rung_new TO nutrition_sync_status_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_weekly_aggregates ADD CONSTRAINT nutrition_weekly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_weekly_aggregates VALIDATE CONSTRAINT nutrition_weekly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_weekly_aggregates DROP CONSTRAINT nutrition_weekly_aggregates_user_id_fkey;
ALTER TABLE public.nutrition_weekly_aggregates RENAME CONSTRAINT nutrition_weekly_aggregates_user_id_fkey_rung_new TO nutrition_weekly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.password_reset_tokens ADD CONSTRAINT password_reset_tokens_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.password_reset_tokens VALIDATE CONSTRAINT password_reset_tokens_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.password_reset_tokens DROP CONSTRAINT password_reset_tokens_user_id_fkey;
ALTER TABLE public.password_reset_tokens RENAME CONSTRAINT password_reset_tokens_user_id_fkey_rung_new TO password_reset_tokens_user_id_fkey;

-- rung:commit
ALTER TABLE public.patient_health_records ADD CONSTRAINT patient_health_records_patient_id_fkey_rung_new FOREIGN KEY (patient_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.patient_health_records VALIDATE CONSTRAINT patient_health_records_patient_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.patient_health_records DROP CONSTRAINT patient_health_records_patient_id_fkey;
ALTER TABLE public.patient_health_records RENAME CONSTRAINT patient_health_records_patient_id_fkey_rung_new TO patient_health_records_patient_id_fkey;

-- rung:commit
ALTER TABLE public.patient_health_summaries ADD CONSTRAINT patient_health_summaries_patient_id_fkey_rung_new FOREIGN KEY (patient_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.patient_health_summaries VALIDATE CONSTRAINT patient_health_summaries_patient_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.patient_health_summaries DROP CONSTRAINT patient_health_summaries_patient_id_fkey;
ALTER TABLE public.patient_health_summaries RENAME CONSTRAINT patient_health_summaries_patient_id_fkey_rung_new TO patient_health_summaries_patient_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_bills ADD CONSTRAINT pharmacy_bills_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_bills VALIDATE CONSTRAINT pharmacy_bills_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_bills DROP CONSTRAINT pharmacy_bills_user_id_fkey;
ALTER TABLE public.pharmacy_bills RENAME CONSTRAINT pharmacy_bills_user_id_fkey_rung_new TO pharmacy_bills_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_daily_aggregates ADD CONSTRAINT pharmacy_daily_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_daily_aggregates VALIDATE CONSTRAINT pharmacy_daily_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_daily_aggregates DROP CONSTRAINT pharmacy_daily_aggregates_user_id_fkey;
ALTER TABLE public.pharmacy_daily_aggregates RENAME CONSTRAINT pharmacy_daily_aggregates_user_id_fkey_rung_new TO pharmacy_daily_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_medications ADD CONSTRAINT pharmacy_medications_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_medications VALIDATE CONSTRAINT pharmacy_medications_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_medications DROP CONSTRAINT pharmacy_medications_user_id_fkey;
ALTER TABLE public.pharmacy_medications RENAME CONSTRAINT pharmacy_medications_user_id_fkey_rung_new TO pharmacy_medications_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_monthly_aggregates ADD CONSTRAINT pharmacy_monthly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_monthly_aggregates VALIDATE CONSTRAINT pharmacy_monthly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_monthly_aggregates DROP CONSTRAINT pharmacy_monthly_aggregates_user_id_fkey;
ALTER TABLE public.pharmacy_monthly_aggregates RENAME CONSTRAINT pharmacy_monthly_aggregates_user_id_fkey_rung_new TO pharmacy_monthly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_raw_data ADD CONSTRAINT pharmacy_raw_data_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_raw_data VALIDATE CONSTRAINT pharmacy_raw_data_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_raw_data DROP CONSTRAINT pharmacy_raw_data_user_id_fkey;
ALTER TABLE public.pharmacy_raw_data RENAME CONSTRAINT pharmacy_raw_data_user_id_fkey_rung_new TO pharmacy_raw_data_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_weekly_aggregates ADD CONSTRAINT pharmacy_weekly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_weekly_aggregates VALIDATE CONSTRAINT pharmacy_weekly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_weekly_aggregates DROP CONSTRAINT pharmacy_weekly_aggregates_user_id_fkey;
ALTER TABLE public.pharmacy_weekly_aggregates RENAME CONSTRAINT pharmacy_weekly_aggregates_user_id_fkey_rung_new TO pharmacy_weekly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_allergies ADD CONSTRAINT user_allergies_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_allergies VALIDATE CONSTRAINT user_allergies_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_allergies DROP CONSTRAINT user_allergies_user_id_fkey;
ALTER TABLE public.user_allergies RENAME CONSTRAINT user_allergies_user_id_fkey_rung_new TO user_allergies_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_conditions ADD CONSTRAINT user_conditions_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_conditions VALIDATE CONSTRAINT user_conditions_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_conditions DROP CONSTRAINT user_conditions_user_id_fkey;
ALTER TABLE public.user_conditions RENAME CONSTRAINT user_conditions_user_id_fkey_rung_new TO user_conditions_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_consents ADD CONSTRAINT user_consents_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_consents VALIDATE CONSTRAINT user_consents_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_consents DROP CONSTRAINT user_consents_user_id_fkey;
ALTER TABLE public.user_consents RENAME CONSTRAINT user_consents_user_id_fkey_rung_new TO user_consents_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_devices ADD CONSTRAINT user_devices_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_devices VALIDATE CONSTRAINT user_devices_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_devices DROP CONSTRAINT user_devices_user_id_fkey;
ALTER TABLE public.user_devices RENAME CONSTRAINT user_devices_user_id_fkey_rung_new TO user_devices_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_identities ADD CONSTRAINT user_identities_user_fkey_rung_new FOREIGN KEY (user_id, email) REFERENCES public.users(id, email) MATCH FULL ON UPDATE CASCADE ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_identities VALIDATE CONSTRAINT user_identities_user_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_identities DROP CONSTRAINT user_identities_user_fkey;
ALTER TABLE public.user_identities RENAME CONSTRAINT user_identities_user_fkey_rung_new TO user_identities_user_fkey;

-- rung:commit
ALTER TABLE public.user_lifestyle ADD CONSTRAINT user_lifestyle_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_lifestyle VALIDATE CONSTRAINT user_lifestyle_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_lifestyle DROP CONSTRAINT user_lifestyle_user_id_fkey;
ALTER TABLE public.user_lifestyle RENAME CONSTRAINT user_lifestyle_user_id_fkey_rung_new TO user_lifestyle_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_measurement_preferences ADD CONSTRAINT user_measurement_preferences_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_measurement_preferences VALIDATE CONSTRAINT user_measurement_preferences_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_measurement_preferences DROP CONSTRAINT user_measurement_preferences_user_id_fkey;
ALTER TABLE public.user_measurement_preferences RENAME CONSTRAINT user_measurement_preferences_user_id_fkey_rung_new TO user_measurement_preferences_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_medications ADD CONSTRAINT user_medications_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_medications VALIDATE CONSTRAINT user_medications_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_medications DROP CONSTRAINT user_medications_user_id_fkey;
ALTER TABLE public.user_medications RENAME CONSTRAINT user_medications_user_id_fkey_rung_new TO user_medications_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_notifications ADD CONSTRAINT user_notifications_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_notifications VALIDATE CONSTRAINT user_notifications_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_notifications DROP CONSTRAINT user_notifications_user_id_fkey;
ALTER TABLE public.user_notifications RENAME CONSTRAINT user_notifications_user_id_fkey_rung_new TO user_notifications_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_nutrient_focus ADD CONSTRAINT user_nutrient_focus_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_nutrient_focus VALIDATE CONSTRAINT user_nutrient_focus_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_nutrient_focus DROP CONSTRAINT user_nutrient_focus_user_id_fkey;
ALTER TABLE public.user_nutrient_focus RENAME CONSTRAINT user_nutrient_focus_user_id_fkey_rung_new TO user_nutrient_focus_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_profiles ADD CONSTRAINT user_profiles_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_profiles VALIDATE CONSTRAINT user_profiles_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_profiles DROP CONSTRAINT user_profiles_user_id_fkey;
ALTER TABLE public.user_profiles RENAME CONSTRAINT user_profiles_user_id_fkey_rung_new TO user_profiles_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals ADD CONSTRAINT vitals_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.vitals VALIDATE CONSTRAINT vitals_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals DROP CONSTRAINT vitals_user_id_fkey;
ALTER TABLE public.vitals RENAME CONSTRAINT vitals_user_id_fkey_rung_new TO vitals_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_daily_aggregates ADD CONSTRAINT vitals_daily_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_daily_aggregates VALIDATE CONSTRAINT vitals_daily_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_daily_aggregates DROP CONSTRAINT vitals_daily_aggregates_user_id_fkey;
ALTER TABLE public.vitals_daily_aggregates RENAME CONSTRAINT vitals_daily_aggregates_user_id_fkey_rung_new TO vitals_daily_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_hourly_aggregates ADD CONSTRAINT vitals_hourly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_hourly_aggregates VALIDATE CONSTRAINT vitals_hourly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_hourly_aggregates DROP CONSTRAINT vitals_hourly_aggregates_user_id_fkey;
ALTER TABLE public.vitals_hourly_aggregates RENAME CONSTRAINT vitals_hourly_aggregates_user_id_fkey_rung_new TO vitals_hourly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_monthly_aggregates ADD CONSTRAINT vitals_monthly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_monthly_aggregates VALIDATE CONSTRAINT vitals_monthly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_monthly_aggregates DROP CONSTRAINT vitals_monthly_aggregates_user_id_fkey;
ALTER TABLE public.vitals_monthly_aggregates RENAME CONSTRAINT vitals_monthly_aggregates_user_id_fkey_rung_new TO vitals_monthly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_raw_categorized ADD CONSTRAINT vitals_raw_categorized_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_raw_categorized VALIDATE CONSTRAINT vitals_raw_categorized_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_raw_categorized DROP CONSTRAINT vitals_raw_categorized_user_id_fkey;
ALTER TABLE public.vitals_raw_categorized RENAME CONSTRAINT vitals_raw_categorized_user_id_fkey_rung_new TO vitals_raw_categorized_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_raw_data ADD CONSTRAINT vitals_raw_data_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_raw_data VALIDATE CONSTRAINT vitals_raw_data_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_raw_data DROP CONSTRAINT vitals_raw_data_user_id_fkey;
ALTER TABLE public.vitals_raw_data RENAME CONSTRAINT vitals_raw_data_user_id_fkey_rung_new TO vitals_raw_data_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_sync_status ADD CONSTRAINT vitals_sync_status_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_sync_status VALIDATE CONSTRAINT vitals_sync_status_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_sync_status DROP CONSTRAINT vitals_sync_status_user_id_fkey;
ALTER TABLE public.vitals_sync_status RENAME CONSTRAINT vitals_sync_status_user_id_fkey_rung_new TO vitals_sync_status_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_weekly_aggregates ADD CONSTRAINT vitals_weekly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_weekly_aggregates VALIDATE CONSTRAINT vitals_weekly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_weekly_aggregates DROP CONSTRAINT vitals_weekly_aggregates_user_id_fkey;
ALTER TABLE public.vitals_weekly_aggregates RENAME CONSTRAINT vitals_weekly_aggregates_user_id_fkey_rung_new TO vitals_weekly_aggregates_user_id_fkey;
-- rung:notice ✅ Fixed user_profiles
-- rung:notice ✅ Fixed vitals_raw_data
-- rung:notice ✅ Fixed nutrition_raw_data
-- rung:notice ✅ Fixed pharmacy_raw_data
-- rung:notice ✅ Fixed healthkit_raw_data
-- rung:notice ✅ Fixed vitals_raw_categorized
-- rung:notice ✅ Fixed lab_report_categorized
-- rung:notice ✅ Fixed vitals_hourly_aggregates
-- rung:notice ✅ Fixed vitals_daily_aggregates
-- rung:notice ✅ Fixed nutrition_daily_aggregates
-- rung:notice ✅ Fixed mental_health_daily
-- rung:notice ✅ Fixed pharmacy_daily_aggregates
-- rung:notice ✅ Fixed healthkit_daily_aggregates
-- rung:notice ✅ Fixed lab_reports_daily
-- rung:notice ✅ Fixed vitals_weekly_aggregates
-- rung:notice ✅ Fixed nutrition_weekly_aggregates
-- rung:notice ✅ Fixed pharmacy_weekly_aggregates
-- rung:notice ✅ Fixed healthkit_weekly_aggregates
-- rung:notice ✅ Fixed vitals_monthly_aggregates
-- rung:notice ✅ Fixed nutrition_monthly_aggregates
-- rung:notice ✅ Fixed pharmacy_monthly_aggregates
-- rung:notice ✅ Fixed healthkit_monthly_aggregates
-- rung:notice ✅ Fixed lab_reports_quarterly
-- rung:notice ✅ Fixed lab_reports_yearly
-- rung:notice ✅ Fixed nutrition_goals
-- rung:notice ✅ Fixed user_nutrient_focus
-- rung:notice ✅ Fixed nutrition_meal_plans
-- rung:notice ✅ Fixed vitals_sync_status
-- rung:notice ✅ Fixed nutrition_sync_status
-- rung:notice ✅ Fixed healthkit_sync_status
-- rung:notice ✅ Fixed clinical_notes
-- rung:notice ✅ Fixed clinical_reports
-- rung:notice ✅ Fixed medical_images
-- rung:notice ✅ Fixed lab_reports
-- rung:notice ✅ Fixed chat_sessions
-- rung:notice ✅ Fixed chat_messages
-- rung:notice ✅ Fixed agent_memory
-- rung:notice ✅ Fixed appointments
-- rung:notice ✅ Fixed consultation_requests
-- rung:notice ✅ Fixed user_conditions
-- rung:notice ✅ Fixed user_allergies
-- rung:notice ✅ Fixed user_lifestyle
-- rung:notice ✅ Fixed user_consents
-- rung:notice ✅ Fixed user_measurement_preferences
-- rung:notice ✅ Fixed patient_health_records
-- rung:notice ✅ Fixed health_data_history
-- rung:notice ✅ Fixed patient_health_summaries
-- rung:notice ✅ Fixed health_scores
-- rung:notice ✅ Fixed mental_health_entries
-- rung:notice ✅ Fixed user_identities
-- rung:notice ✅ Fixed login_events
-- rung:notice ✅ Fixed password_reset_tokens
-- rung:notice ✅ Fixed user_devices
-- rung:notice ✅ Fixed user_notifications
-- rung:notice ✅ Fixed document_processing_logs
-- rung:notice ✅ Fixed feedback
-- rung:notice ✅ Fixed pharmacy_medications
-- rung:notice ✅ Fixed pharmacy_bills
-- rung:notice ✅ Fixed user_medications
-- rung:notice ✅ Fixed vitals
-- rung:notice ⏭️  Skipping user_health_conditions (table does not exist)
-- rung:notice ⏭️  Skipping user_dietary_restrictions (table does not exist)
-- rung:notice ⏭️  Skipping user_health_goals (table does not exist)
-- rung:notice ⏭️  Skipping nutrition_logs (table does not exist)
-- rung:notice ⏭️  Skipping mental_health_logs (table does not exist)
-- rung:notice ⏭️  Skipping vitals_aggregates (table does not exist)
-- rung:notice ⏭️  Skipping vitals_categorized (table does not exist)

-- rung:up sqlite
CREATE TABLE new_agent_memory (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    memory_key VARCHAR(100) NOT NULL CHECK (length("memory_key") <= 100),
    memory TEXT NOT NULL CHECK ("memory" IS NULL OR json_valid("memory"))
);
INSERT INTO new_agent_memory (id, user_id, memory_key, memory)
SELECT id, user_id, memory_key, memory FROM agent_memory;
DELETE FROM sqlite_sequence WHERE name = 'new_agent_memory';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_agent_memory', seq FROM sqlite_sequence WHERE name = 'agent_memory';
DROP TABLE agent_memory;
ALTER TABLE new_agent_memory RENAME TO agent_memory;

CREATE TABLE new_appointments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    starts_at TEXT NOT NULL,
    reason VARCHAR(200) CHECK (length("reason") <= 200)
);
INSERT INTO new_appointments (id, patient_id, starts_at, reason)
SELECT id, patient_id, starts_at, reason FROM appointments;
DELETE FROM sqlite_sequence WHERE name = 'new_appointments';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_appointments', seq FROM sqlite_sequence WHERE name = 'appointments';
DROP TABLE appointments;
ALTER TABLE new_appointments RENAME TO appointments;

CREATE TABLE new_chat_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES chat_sessions (id),
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role VARCHAR(20) NOT NULL CHECK (length("role") <= 20),
    content TEXT NOT NULL,
    sent_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_chat_messages (id, session_id, user_id, role, content, sent_at)
SELECT id, session_id, user_id, role, content, sent_at FROM chat_messages;
DELETE FROM sqlite_sequence WHERE name = 'new_chat_messages';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_chat_messages', seq FROM sqlite_sequence WHERE name = 'chat_messages';
DROP TABLE chat_messages;
ALTER TABLE new_chat_messages RENAME TO chat_messages;

CREATE TABLE new_chat_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title VARCHAR(200) CHECK (length("title") <= 200),
    started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_chat_sessions (id, user_id, title, started_at)
SELECT id, user_id, title, started_at FROM chat_sessions;
DELETE FROM sqlite_sequence WHERE name = 'new_chat_sessions';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_chat_sessions', seq FROM sqlite_sequence WHERE name = 'chat_sessions';
DROP TABLE chat_sessions;
ALTER TABLE new_chat_sessions RENAME TO chat_sessions;

CREATE TABLE new_clinical_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id INTEGER NOT NULL CONSTRAINT "clinical note's patient" REFERENCES users (id) ON DELETE CASCADE,
    note TEXT NOT NULL,
    written_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_clinical_notes (id, patient_id, note, written_at)
SELECT id, patient_id, note, written_at FROM clinical_notes;
DELETE FROM sqlite_sequence WHERE name = 'new_clinical_notes';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_clinical_notes', seq FROM sqlite_sequence WHERE name = 'clinical_notes';
DROP TABLE clinical_notes;
ALTER TABLE new_clinical_notes RENAME TO clinical_notes;

CREATE TABLE new_clinical_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title VARCHAR(200) NOT NULL CHECK (length("title") <= 200),
    body TEXT
);
INSERT INTO new_clinical_reports (id, user_id, title, body)
SELECT id, user_id, title, body FROM clinical_reports;
DELETE FROM sqlite_sequence WHERE name = 'new_clinical_reports';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_clinical_reports', seq FROM sqlite_sequence WHERE name = 'clinical_reports';
DROP TABLE clinical_reports;
ALTER TABLE new_clinical_reports RENAME TO clinical_reports;

CREATE TABLE new_consultation_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    doctor_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    status VARCHAR(20) NOT NULL DEFAULT 'open' CHECK (length("status") <= 20),
    question TEXT
);
INSERT INTO new_consultation_requests (id, user_id, doctor_id, status, question)
SELECT id, user_id, doctor_id, status, question FROM consultation_requests;
DELETE FROM sqlite_sequence WHERE name = 'new_consultation_requests';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_consultation_requests', seq FROM sqlite_sequence WHERE name = 'consultation_requests';
DROP TABLE consultation_requests;
ALTER TABLE new_consultation_requests RENAME TO consultation_requests;

CREATE TABLE new_document_processing_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    document_name VARCHAR(255) NOT NULL CHECK (length("document_name") <= 255),
    status VARCHAR(20) NOT NULL CHECK (length("status") <= 20)
);
INSERT INTO new_document_processing_logs (id, user_id, document_name, status)
SELECT id, user_id, document_name, status FROM document_processing_logs;
DELETE FROM sqlite_sequence WHERE name = 'new_document_processing_logs';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_document_processing_logs', seq FROM sqlite_sequence WHERE name = 'document_processing_logs';
DROP TABLE document_processing_logs;
ALTER TABLE new_document_processing_logs RENAME TO document_processing_logs;

CREATE TABLE new_feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    message TEXT NOT NULL,
    sent_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_feedback (id, user_id, message, sent_at)
SELECT id, user_id, message, sent_at FROM feedback;
DELETE FROM sqlite_sequence WHERE name = 'new_feedback';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_feedback', seq FROM sqlite_sequence WHERE name = 'feedback';
DROP TABLE feedback;
ALTER TABLE new_feedback RENAME TO feedback;

CREATE TABLE new_health_data_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    field VARCHAR(100) NOT NULL CHECK (length("field") <= 100),
    old_value TEXT,
    new_value TEXT,
    changed_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_health_data_history (id, user_id, field, old_value, new_value, changed_at)
SELECT id, user_id, field, old_value, new_value, changed_at FROM health_data_history;
DELETE FROM sqlite_sequence WHERE name = 'new_health_data_history';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_health_data_history', seq FROM sqlite_sequence WHERE name = 'health_data_history';
DROP TABLE health_data_history;
ALTER TABLE new_health_data_history RENAME TO health_data_history;

CREATE TABLE new_health_scores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    score NUMERIC(5,2) NOT NULL,
    UNIQUE (user_id, date)
);
INSERT INTO new_health_scores (id, user_id, date, score)
SELECT id, user_id, date, score FROM health_scores;
DELETE FROM sqlite_sequence WHERE name = 'new_health_scores';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_health_scores', seq FROM sqlite_sequence WHERE name = 'health_scores';
DROP TABLE health_scores;
ALTER TABLE new_health_scores RENAME TO health_scores;

CREATE TABLE new_healthkit_daily_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0,
    active_energy_kcal DOUBLE PRECISION,
    UNIQUE (user_id, date)
);
INSERT INTO new_healthkit_daily_aggregates (id, user_id, date, samples, active_energy_kcal)
SELECT id, user_id, date, samples, active_energy_kcal FROM healthkit_daily_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_healthkit_daily_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_healthkit_daily_aggregates', seq FROM sqlite_sequence WHERE name = 'healthkit_daily_aggregates';
DROP TABLE healthkit_daily_aggregates;
ALTER TABLE new_healthkit_daily_aggregates RENAME TO healthkit_daily_aggregates;

CREATE TABLE new_healthkit_monthly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    month_start TEXT NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0,
    active_energy_kcal DOUBLE PRECISION,
    UNIQUE (user_id, month_start)
);
INSERT INTO new_healthkit_monthly_aggregates (id, user_id, month_start, samples, active_energy_kcal)
SELECT id, user_id, month_start, samples, active_energy_kcal FROM healthkit_monthly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_healthkit_monthly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_healthkit_monthly_aggregates', seq FROM sqlite_sequence WHERE name = 'healthkit_monthly_aggregates';
DROP TABLE healthkit_monthly_aggregates;
ALTER TABLE new_healthkit_monthly_aggregates RENAME TO healthkit_monthly_aggregates;

CREATE TABLE new_healthkit_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sample_type VARCHAR(100) NOT NULL CHECK (length("sample_type") <= 100),
    value DOUBLE PRECISION,
    recorded_at TEXT NOT NULL
);
INSERT INTO new_healthkit_raw_data (id, user_id, sample_type, value, recorded_at)
SELECT id, user_id, sample_type, value, recorded_at FROM healthkit_raw_data;
DELETE FROM sqlite_sequence WHERE name = 'new_healthkit_raw_data';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_healthkit_raw_data', seq FROM sqlite_sequence WHERE name = 'healthkit_raw_data';
DROP TABLE healthkit_raw_data;
ALTER TABLE new_healthkit_raw_data RENAME TO healthkit_raw_data;

CREATE TABLE new_healthkit_sync_status (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    last_sync_at TEXT,
    anchor TEXT
);
INSERT INTO new_healthkit_sync_status (user_id, last_sync_at, anchor)
SELECT user_id, last_sync_at, anchor FROM healthkit_sync_status;
DROP TABLE healthkit_sync_status;
ALTER TABLE new_healthkit_sync_status RENAME TO healthkit_sync_status;

CREATE TABLE new_healthkit_weekly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    week_start TEXT NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0,
    active_energy_kcal DOUBLE PRECISION,
    UNIQUE (user_id, week_start)
);
INSERT INTO new_healthkit_weekly_aggregates (id, user_id, week_start, samples, active_energy_kcal)
SELECT id, user_id, week_start, samples, active_energy_kcal FROM healthkit_weekly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_healthkit_weekly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_healthkit_weekly_aggregates', seq FROM sqlite_sequence WHERE name = 'healthkit_weekly_aggregates';
DROP TABLE healthkit_weekly_aggregates;
ALTER TABLE new_healthkit_weekly_aggregates RENAME TO healthkit_weekly_aggregates;

CREATE TABLE new_lab_report_categorized (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    category VARCHAR(50) NOT NULL CHECK (length("category") <= 50),
    results TEXT CHECK ("results" IS NULL OR json_valid("results"))
);
INSERT INTO new_lab_report_categorized (id, user_id, category, results)
SELECT id, user_id, category, results FROM lab_report_categorized;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_report_categorized';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_report_categorized', seq FROM sqlite_sequence WHERE name = 'lab_report_categorized';
DROP TABLE lab_report_categorized;
ALTER TABLE new_lab_report_categorized RENAME TO lab_report_categorized;

CREATE TABLE new_lab_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    test_name VARCHAR(200) NOT NULL CHECK (length("test_name") <= 200),
    value VARCHAR(100) CHECK (length("value") <= 100),
    test_date TEXT
);
INSERT INTO new_lab_reports (id, user_id, test_name, value, test_date)
SELECT id, user_id, test_name, value, test_date FROM lab_reports;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_reports';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_reports', seq FROM sqlite_sequence WHERE name = 'lab_reports';
DROP TABLE lab_reports;
ALTER TABLE new_lab_reports RENAME TO lab_reports;

CREATE TABLE new_lab_reports_daily (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0,
    results TEXT CHECK ("results" IS NULL OR json_valid("results")),
    UNIQUE (user_id, date)
);
INSERT INTO new_lab_reports_daily (id, user_id, date, reports, results)
SELECT id, user_id, date, reports, results FROM lab_reports_daily;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_reports_daily';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_reports_daily', seq FROM sqlite_sequence WHERE name = 'lab_reports_daily';
DROP TABLE lab_reports_daily;
ALTER TABLE new_lab_reports_daily RENAME TO lab_reports_daily;

CREATE TABLE new_lab_reports_quarterly (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    quarter_start TEXT NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0,
    results TEXT CHECK ("results" IS NULL OR json_valid("results")),
    UNIQUE (user_id, quarter_start)
);
INSERT INTO new_lab_reports_quarterly (id, user_id, quarter_start, reports, results)
SELECT id, user_id, quarter_start, reports, results FROM lab_reports_quarterly;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_reports_quarterly';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_reports_quarterly', seq FROM sqlite_sequence WHERE name = 'lab_reports_quarterly';
DROP TABLE lab_reports_quarterly;
ALTER TABLE new_lab_reports_quarterly RENAME TO lab_reports_quarterly;

CREATE TABLE new_lab_reports_yearly (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    year_start TEXT NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0,
    results TEXT CHECK ("results" IS NULL OR json_valid("results")),
    UNIQUE (user_id, year_start)
);
INSERT INTO new_lab_reports_yearly (id, user_id, year_start, reports, results)
SELECT id, user_id, year_start, reports, results FROM lab_reports_yearly;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_reports_yearly';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_reports_yearly', seq FROM sqlite_sequence WHERE name = 'lab_reports_yearly';
DROP TABLE lab_reports_yearly;
ALTER TABLE new_lab_reports_yearly RENAME TO lab_reports_yearly;

CREATE TABLE new_login_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    ip_address TEXT,
    logged_in_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_login_events (id, user_id, ip_address, logged_in_at)
SELECT id, user_id, ip_address, logged_in_at FROM login_events;
DELETE FROM sqlite_sequence WHERE name = 'new_login_events';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_login_events', seq FROM sqlite_sequence WHERE name = 'login_events';
DROP TABLE login_events;
ALTER TABLE new_login_events RENAME TO login_events;

CREATE TABLE new_medical_images (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    storage_path VARCHAR(500) NOT NULL CHECK (length("storage_path") <= 500),
    modality VARCHAR(50) CHECK (length("modality") <= 50)
);
INSERT INTO new_medical_images (id, user_id, storage_path, modality)
SELECT id, user_id, storage_path, modality FROM medical_images;
DELETE FROM sqlite_sequence WHERE name = 'new_medical_images';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_medical_images', seq FROM sqlite_sequence WHERE name = 'medical_images';
DROP TABLE medical_images;
ALTER TABLE new_medical_images RENAME TO medical_images;

CREATE TABLE new_mental_health_daily (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    avg_mood NUMERIC(4,2),
    entries INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user_id, date)
);
INSERT INTO new_mental_health_daily (id, user_id, date, avg_mood, entries)
SELECT id, user_id, date, avg_mood, entries FROM mental_health_daily;
DELETE FROM sqlite_sequence WHERE name = 'new_mental_health_daily';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_mental_health_daily', seq FROM sqlite_sequence WHERE name = 'mental_health_daily';
DROP TABLE mental_health_daily;
ALTER TABLE new_mental_health_daily RENAME TO mental_health_daily;

CREATE TABLE new_mental_health_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    mood INTEGER NOT NULL,
    note TEXT,
    felt_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_mental_health_entries (id, user_id, mood, note, felt_at)
SELECT id, user_id, mood, note, felt_at FROM mental_health_entries;
DELETE FROM sqlite_sequence WHERE name = 'new_mental_health_entries';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_mental_health_entries', seq FROM sqlite_sequence WHERE name = 'mental_health_entries';
DROP TABLE mental_health_entries;
ALTER TABLE new_mental_health_entries RENAME TO mental_health_entries;

CREATE TABLE new_nutrition_daily_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    total_calories INTEGER,
    total_protein_g NUMERIC(8,2),
    UNIQUE (user_id, date)
);
INSERT INTO new_nutrition_daily_aggregates (id, user_id, date, total_calories, total_protein_g)
SELECT id, user_id, date, total_calories, total_protein_g FROM nutrition_daily_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_daily_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_daily_aggregates', seq FROM sqlite_sequence WHERE name = 'nutrition_daily_aggregates';
DROP TABLE nutrition_daily_aggregates;
ALTER TABLE new_nutrition_daily_aggregates RENAME TO nutrition_daily_aggregates;

CREATE TABLE new_nutrition_goals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name VARCHAR(100) NOT NULL CHECK (length("name") <= 100),
    daily_calories INTEGER
);
INSERT INTO new_nutrition_goals (id, user_id, name, daily_calories)
SELECT id, user_id, name, daily_calories FROM nutrition_goals;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_goals';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_goals', seq FROM sqlite_sequence WHERE name = 'nutrition_goals';
DROP TABLE nutrition_goals;
ALTER TABLE new_nutrition_goals RENAME TO nutrition_goals;

CREATE TABLE new_nutrition_meal_plans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    plan_date TEXT NOT NULL,
    meals TEXT CHECK ("meals" IS NULL OR json_valid("meals"))
);
INSERT INTO new_nutrition_meal_plans (id, user_id, plan_date, meals)
SELECT id, user_id, plan_date, meals FROM nutrition_meal_plans;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_meal_plans';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_meal_plans', seq FROM sqlite_sequence WHERE name = 'nutrition_meal_plans';
DROP TABLE nutrition_meal_plans;
ALTER TABLE new_nutrition_meal_plans RENAME TO nutrition_meal_plans;

CREATE TABLE new_nutrition_monthly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    month_start TEXT NOT NULL,
    total_calories INTEGER,
    total_protein_g NUMERIC(8,2),
    UNIQUE (user_id, month_start)
);
INSERT INTO new_nutrition_monthly_aggregates (id, user_id, month_start, total_calories, total_protein_g)
SELECT id, user_id, month_start, total_calories, total_protein_g FROM nutrition_monthly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_monthly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_monthly_aggregates', seq FROM sqlite_sequence WHERE name = 'nutrition_monthly_aggregates';
DROP TABLE nutrition_monthly_aggregates;
ALTER TABLE new_nutrition_monthly_aggregates RENAME TO nutrition_monthly_aggregates;

CREATE TABLE new_nutrition_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    food VARCHAR(200) NOT NULL CHECK (length("food") <= 200),
    calories INTEGER,
    eaten_at TEXT NOT NULL
);
INSERT INTO new_nutrition_raw_data (id, user_id, food, calories, eaten_at)
SELECT id, user_id, food, calories, eaten_at FROM nutrition_raw_data;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_raw_data';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_raw_data', seq FROM sqlite_sequence WHERE name = 'nutrition_raw_data';
DROP TABLE nutrition_raw_data;
ALTER TABLE new_nutrition_raw_data RENAME TO nutrition_raw_data;

CREATE TABLE new_nutrition_sync_status (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    last_sync_at TEXT,
    last_error TEXT
);
INSERT INTO new_nutrition_sync_status (user_id, last_sync_at, last_error)
SELECT user_id, last_sync_at, last_error FROM nutrition_sync_status;
DROP TABLE nutrition_sync_status;
ALTER TABLE new_nutrition_sync_status RENAME TO nutrition_sync_status;

CREATE TABLE new_nutrition_weekly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    week_start TEXT NOT NULL,
    total_calories INTEGER,
    total_protein_g NUMERIC(8,2),
    UNIQUE (user_id, week_start)
);
INSERT INTO new_nutrition_weekly_aggregates (id, user_id, week_start, total_calories, total_protein_g)
SELECT id, user_id, week_start, total_calories, total_protein_g FROM nutrition_weekly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_weekly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_weekly_aggregates', seq FROM sqlite_sequence WHERE name = 'nutrition_weekly_aggregates';
DROP TABLE nutrition_weekly_aggregates;
ALTER TABLE new_nutrition_weekly_aggregates RENAME TO nutrition_weekly_aggregates;

CREATE TABLE new_password_reset_tokens (
    token_hash VARCHAR(64) NOT NULL PRIMARY KEY CHECK (length("token_hash") <= 64),
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL
);
INSERT INTO new_password_reset_tokens (rowid, token_hash, user_id, expires_at)
SELECT rowid, token_hash, user_id, expires_at FROM password_reset_tokens;
DROP TABLE password_reset_tokens;
ALTER TABLE new_password_reset_tokens RENAME TO password_reset_tokens;

CREATE TABLE new_patient_health_records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    record TEXT NOT NULL CHECK ("record" IS NULL OR json_valid("record"))
);
INSERT INTO new_patient_health_records (id, patient_id, record)
SELECT id, patient_id, record FROM patient_health_records;
DELETE FROM sqlite_sequence WHERE name = 'new_patient_health_records';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_patient_health_records', seq FROM sqlite_sequence WHERE name = 'patient_health_records';
DROP TABLE patient_health_records;
ALTER TABLE new_patient_health_records RENAME TO patient_health_records;

CREATE TABLE new_patient_health_summaries (
    patient_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    summary TEXT NOT NULL,
    written_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_patient_health_summaries (patient_id, summary, written_at)
SELECT patient_id, summary, written_at FROM patient_health_summaries;
DROP TABLE patient_health_summaries;
ALTER TABLE new_patient_health_summaries RENAME TO patient_health_summaries;

CREATE TABLE new_pharmacy_bills (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    total NUMERIC(12,2) NOT NULL,
    billed_on TEXT
);
INSERT INTO new_pharmacy_bills (id, user_id, total, billed_on)
SELECT id, user_id, total, billed_on FROM pharmacy_bills;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_bills';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_bills', seq FROM sqlite_sequence WHERE name = 'pharmacy_bills';
DROP TABLE pharmacy_bills;
ALTER TABLE new_pharmacy_bills RENAME TO pharmacy_bills;

CREATE TABLE new_pharmacy_daily_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    bills INTEGER NOT NULL DEFAULT 0,
    total_cost NUMERIC(12,2),
    UNIQUE (user_id, date)
);
INSERT INTO new_pharmacy_daily_aggregates (id, user_id, date, bills, total_cost)
SELECT id, user_id, date, bills, total_cost FROM pharmacy_daily_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_daily_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_daily_aggregates', seq FROM sqlite_sequence WHERE name = 'pharmacy_daily_aggregates';
DROP TABLE pharmacy_daily_aggregates;
ALTER TABLE new_pharmacy_daily_aggregates RENAME TO pharmacy_daily_aggregates;

CREATE TABLE new_pharmacy_medications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name VARCHAR(200) NOT NULL CHECK (length("name") <= 200),
    dosage VARCHAR(100) CHECK (length("dosage") <= 100)
);
INSERT INTO new_pharmacy_medications (id, user_id, name, dosage)
SELECT id, user_id, name, dosage FROM pharmacy_medications;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_medications';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_medications', seq FROM sqlite_sequence WHERE name = 'pharmacy_medications';
DROP TABLE pharmacy_medications;
ALTER TABLE new_pharmacy_medications RENAME TO pharmacy_medications;

CREATE TABLE new_pharmacy_monthly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    month_start TEXT NOT NULL,
    bills INTEGER NOT NULL DEFAULT 0,
    total_cost NUMERIC(12,2),
    UNIQUE (user_id, month_start)
);
INSERT INTO new_pharmacy_monthly_aggregates (id, user_id, month_start, bills, total_cost)
SELECT id, user_id, month_start, bills, total_cost FROM pharmacy_monthly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_monthly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_monthly_aggregates', seq FROM sqlite_sequence WHERE name = 'pharmacy_monthly_aggregates';
DROP TABLE pharmacy_monthly_aggregates;
ALTER TABLE new_pharmacy_monthly_aggregates RENAME TO pharmacy_monthly_aggregates;

CREATE TABLE new_pharmacy_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    document TEXT NOT NULL CHECK ("document" IS NULL OR json_valid("document")),
    received_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_pharmacy_raw_data (id, user_id, document, received_at)
SELECT id, user_id, document, received_at FROM pharmacy_raw_data;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_raw_data';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_raw_data', seq FROM sqlite_sequence WHERE name = 'pharmacy_raw_data';
DROP TABLE pharmacy_raw_data;
ALTER TABLE new_pharmacy_raw_data RENAME TO pharmacy_raw_data;

CREATE TABLE new_pharmacy_weekly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    week_start TEXT NOT NULL,
    bills INTEGER NOT NULL DEFAULT 0,
    total_cost NUMERIC(12,2),
    UNIQUE (user_id, week_start)
);
INSERT INTO new_pharmacy_weekly_aggregates (id, user_id, week_start, bills, total_cost)
SELECT id, user_id, week_start, bills, total_cost FROM pharmacy_weekly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_weekly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_weekly_aggregates', seq FROM sqlite_sequence WHERE name = 'pharmacy_weekly_aggregates';
DROP TABLE pharmacy_weekly_aggregates;
ALTER TABLE new_pharmacy_weekly_aggregates RENAME TO pharmacy_weekly_aggregates;

CREATE TABLE new_user_allergies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    allergen VARCHAR(200) NOT NULL CHECK (length("allergen") <= 200),
    severity VARCHAR(20) CHECK (length("severity") <= 20)
);
INSERT INTO new_user_allergies (id, user_id, allergen, severity)
SELECT id, user_id, allergen, severity FROM user_allergies;
DELETE FROM sqlite_sequence WHERE name = 'new_user_allergies';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_allergies', seq FROM sqlite_sequence WHERE name = 'user_allergies';
DROP TABLE user_allergies;
ALTER TABLE new_user_allergies RENAME TO user_allergies;

CREATE TABLE new_user_conditions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    condition_name VARCHAR(200) NOT NULL CHECK (length("condition_name") <= 200),
    diagnosed_on TEXT
);
INSERT INTO new_user_conditions (id, user_id, condition_name, diagnosed_on)
SELECT id, user_id, condition_name, diagnosed_on FROM user_conditions;
DELETE FROM sqlite_sequence WHERE name = 'new_user_conditions';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_conditions', seq FROM sqlite_sequence WHERE name = 'user_conditions';
DROP TABLE user_conditions;
ALTER TABLE new_user_conditions RENAME TO user_conditions;

CREATE TABLE new_user_consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose VARCHAR(100) NOT NULL CHECK (length("purpose") <= 100),
    given_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (user_id, purpose)
);
INSERT INTO new_user_consents (id, user_id, purpose, given_at)
SELECT id, user_id, purpose, given_at FROM user_consents;
DELETE FROM sqlite_sequence WHERE name = 'new_user_consents';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_consents', seq FROM sqlite_sequence WHERE name = 'user_consents';
DROP TABLE user_consents;
ALTER TABLE new_user_consents RENAME TO user_consents;

CREATE TABLE new_user_devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    platform VARCHAR(20) NOT NULL CHECK (length("platform") <= 20),
    push_token VARCHAR(255) CHECK (length("push_token") <= 255)
);
INSERT INTO new_user_devices (id, user_id, platform, push_token)
SELECT id, user_id, platform, push_token FROM user_devices;
DELETE FROM sqlite_sequence WHERE name = 'new_user_devices';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_devices', seq FROM sqlite_sequence WHERE name = 'user_devices';
DROP TABLE user_devices;
ALTER TABLE new_user_devices RENAME TO user_devices;

CREATE TABLE new_user_identities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    email VARCHAR(255) NOT NULL CHECK (length("email") <= 255),
    provider VARCHAR(50) NOT NULL CHECK (length("provider") <= 50),
    subject VARCHAR(255) NOT NULL CHECK (length("subject") <= 255),
    CONSTRAINT user_identities_user_fkey FOREIGN KEY (user_id, email)
        REFERENCES users (id, email) MATCH FULL ON UPDATE CASCADE ON DELETE CASCADE
);
INSERT INTO new_user_identities (id, user_id, email, provider, subject)
SELECT id, user_id, email, provider, subject FROM user_identities;
DELETE FROM sqlite_sequence WHERE name = 'new_user_identities';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_identities', seq FROM sqlite_sequence WHERE name = 'user_identities';
DROP TABLE user_identities;
ALTER TABLE new_user_identities RENAME TO user_identities;

CREATE TABLE new_user_lifestyle (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    smoker BOOLEAN CHECK ("smoker" IN (0, 1)),
    exercise_per_week INTEGER
);
INSERT INTO new_user_lifestyle (user_id, smoker, exercise_per_week)
SELECT user_id, smoker, exercise_per_week FROM user_lifestyle;
DROP TABLE user_lifestyle;
ALTER TABLE new_user_lifestyle RENAME TO user_lifestyle;

CREATE TABLE new_user_measurement_preferences (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    weight_unit VARCHAR(10) NOT NULL DEFAULT 'kg' CHECK (length("weight_unit") <= 10),
    glucose_unit VARCHAR(10) NOT NULL DEFAULT 'mmol/l' CHECK (length("glucose_unit") <= 10)
);
INSERT INTO new_user_measurement_preferences (user_id, weight_unit, glucose_unit)
SELECT user_id, weight_unit, glucose_unit FROM user_measurement_preferences;
DROP TABLE user_measurement_preferences;
ALTER TABLE new_user_measurement_preferences RENAME TO user_measurement_preferences;

CREATE TABLE new_user_medications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name VARCHAR(200) NOT NULL CHECK (length("name") <= 200)
);
INSERT INTO new_user_medications (id, user_id, name)
SELECT id, user_id, name FROM user_medications;
DELETE FROM sqlite_sequence WHERE name = 'new_user_medications';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_medications', seq FROM sqlite_sequence WHERE name = 'user_medications';
DROP TABLE user_medications;
ALTER TABLE new_user_medications RENAME TO user_medications;

CREATE TABLE new_user_notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title VARCHAR(200) NOT NULL CHECK (length("title") <= 200),
    read_at TEXT
);
INSERT INTO new_user_notifications (id, user_id, title, read_at)
SELECT id, user_id, title, read_at FROM user_notifications;
DELETE FROM sqlite_sequence WHERE name = 'new_user_notifications';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_notifications', seq FROM sqlite_sequence WHERE name = 'user_notifications';
DROP TABLE user_notifications;
ALTER TABLE new_user_notifications RENAME TO user_notifications;

CREATE TABLE new_user_nutrient_focus (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    nutrient VARCHAR(50) NOT NULL CHECK (length("nutrient") <= 50),
    priority INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (user_id, nutrient)
);
INSERT INTO new_user_nutrient_focus (rowid, user_id, nutrient, priority)
SELECT rowid, user_id, nutrient, priority FROM user_nutrient_focus;
DROP TABLE user_nutrient_focus;
ALTER TABLE new_user_nutrient_focus RENAME TO user_nutrient_focus;

CREATE TABLE new_user_profiles (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    full_name VARCHAR(200) CHECK (length("full_name") <= 200),
    date_of_birth TEXT,
    timezone VARCHAR(50) CHECK (length("timezone") <= 50)
);
INSERT INTO new_user_profiles (user_id, full_name, date_of_birth, timezone)
SELECT user_id, full_name, date_of_birth, timezone FROM user_profiles;
DROP TABLE user_profiles;
ALTER TABLE new_user_profiles RENAME TO user_profiles;

CREATE TABLE new_vitals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    metric VARCHAR(50) NOT NULL CHECK (length("metric") <= 50),
    value DOUBLE PRECISION
);
INSERT INTO new_vitals (id, user_id, metric, value)
SELECT id, user_id, metric, value FROM vitals;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals', seq FROM sqlite_sequence WHERE name = 'vitals';
DROP TABLE vitals;
ALTER TABLE new_vitals RENAME TO vitals;

CREATE TABLE new_vitals_daily_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    avg_heart_rate DOUBLE PRECISION,
    total_steps INTEGER,
    UNIQUE (user_id, date)
);
INSERT INTO new_vitals_daily_aggregates (id, user_id, date, avg_heart_rate, total_steps)
SELECT id, user_id, date, avg_heart_rate, total_steps FROM vitals_daily_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_daily_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_daily_aggregates', seq FROM sqlite_sequence WHERE name = 'vitals_daily_aggregates';
DROP TABLE vitals_daily_aggregates;
ALTER TABLE new_vitals_daily_aggregates RENAME TO vitals_daily_aggregates;

CREATE TABLE new_vitals_hourly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hour_start TEXT NOT NULL,
    avg_heart_rate DOUBLE PRECISION,
    total_steps INTEGER,
    UNIQUE (user_id, hour_start)
);
INSERT INTO new_vitals_hourly_aggregates (id, user_id, hour_start, avg_heart_rate, total_steps)
SELECT id, user_id, hour_start, avg_heart_rate, total_steps FROM vitals_hourly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_hourly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_hourly_aggregates', seq FROM sqlite_sequence WHERE name = 'vitals_hourly_aggregates';
DROP TABLE vitals_hourly_aggregates;
ALTER TABLE new_vitals_hourly_aggregates RENAME TO vitals_hourly_aggregates;

CREATE TABLE new_vitals_monthly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    month_start TEXT NOT NULL,
    avg_heart_rate DOUBLE PRECISION,
    total_steps INTEGER,
    UNIQUE (user_id, month_start)
);
INSERT INTO new_vitals_monthly_aggregates (id, user_id, month_start, avg_heart_rate, total_steps)
SELECT id, user_id, month_start, avg_heart_rate, total_steps FROM vitals_monthly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_monthly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_monthly_aggregates', seq FROM sqlite_sequence WHERE name = 'vitals_monthly_aggregates';
DROP TABLE vitals_monthly_aggregates;
ALTER TABLE new_vitals_monthly_aggregates RENAME TO vitals_monthly_aggregates;

CREATE TABLE new_vitals_raw_categorized (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    raw_id BIGINT REFERENCES vitals_raw_data (id),
    category VARCHAR(50) NOT NULL CHECK (length("category") <= 50)
);
INSERT INTO new_vitals_raw_categorized (id, user_id, raw_id, category)
SELECT id, user_id, raw_id, category FROM vitals_raw_categorized;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_raw_categorized';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_raw_categorized', seq FROM sqlite_sequence WHERE name = 'vitals_raw_categorized';
DROP TABLE vitals_raw_categorized;
ALTER TABLE new_vitals_raw_categorized RENAME TO vitals_raw_categorized;

CREATE TABLE new_vitals_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    metric VARCHAR(50) NOT NULL CHECK (length("metric") <= 50),
    value DOUBLE PRECISION NOT NULL,
    measured_at TEXT NOT NULL
);
INSERT INTO new_vitals_raw_data (id, user_id, metric, value, measured_at)
SELECT id, user_id, metric, value, measured_at FROM vitals_raw_data;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_raw_data';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_raw_data', seq FROM sqlite_sequence WHERE name = 'vitals_raw_data';
DROP TABLE vitals_raw_data;
ALTER TABLE new_vitals_raw_data RENAME TO vitals_raw_data;

CREATE TABLE new_vitals_sync_status (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    last_sync_at TEXT,
    last_error TEXT
);
INSERT INTO new_vitals_sync_status (user_id, last_sync_at, last_error)
SELECT user_id, last_sync_at, last_error FROM vitals_sync_status;
DROP TABLE vitals_sync_status;
ALTER TABLE new_vitals_sync_status RENAME TO vitals_sync_status;

CREATE TABLE new_vitals_weekly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    week_start TEXT NOT NULL,
    avg_heart_rate DOUBLE PRECISION,
    total_steps INTEGER,
    UNIQUE (user_id, week_start)
);
INSERT INTO new_vitals_weekly_aggregates (id, user_id, week_start, avg_heart_rate, total_steps)
SELECT id, user_id, week_start, avg_heart_rate, total_steps FROM vitals_weekly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_weekly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_weekly_aggregates', seq FROM sqlite_sequence WHERE name = 'vitals_weekly_aggregates';
DROP TABLE vitals_weekly_aggregates;
ALTER TABLE new_vitals_weekly_aggregates RENAME TO vitals_weekly_aggregates;

CREATE INDEX ix_agent_memory_user ON agent_memory (user_id);

CREATE INDEX ix_appointments_patient ON appointments (patient_id);

CREATE INDEX ix_chat_messages_session ON chat_messages (session_id);
CREATE INDEX ix_chat_messages_user ON chat_messages (user_id);

CREATE INDEX ix_chat_sessions_user ON chat_sessions (user_id);

CREATE INDEX ix_clinical_notes_patient ON clinical_notes (patient_id);

CREATE INDEX ix_clinical_reports_user ON clinical_reports (user_id);

CREATE INDEX ix_consultation_requests_doctor ON consultation_requests (doctor_id);
CREATE INDEX ix_consultation_requests_user ON consultation_requests (user_id);

CREATE INDEX ix_document_processing_logs_user ON document_processing_logs (user_id);

CREATE INDEX ix_feedback_user ON feedback (user_id);

CREATE INDEX ix_health_data_history_user ON health_data_history (user_id);

CREATE INDEX ix_healthkit_raw_data_user ON healthkit_raw_data (user_id, recorded_at);

CREATE INDEX ix_lab_report_categorized_user ON lab_report_categorized (user_id);

CREATE INDEX ix_lab_reports_user ON lab_reports (user_id);

CREATE INDEX ix_login_events_user ON login_events (user_id);

CREATE INDEX ix_medical_images_user ON medical_images (user_id);

CREATE INDEX ix_mental_health_entries_user ON mental_health_entries (user_id);

CREATE INDEX ix_nutrition_goals_user ON nutrition_goals (user_id);

CREATE INDEX ix_nutrition_meal_plans_user ON nutrition_meal_plans (user_id);

CREATE INDEX ix_nutrition_raw_data_user ON nutrition_raw_data (user_id, eaten_at);

CREATE INDEX ix_password_reset_tokens_user ON password_reset_tokens (user_id);

CREATE INDEX ix_patient_health_records_patient ON patient_health_records (patient_id);

CREATE INDEX ix_pharmacy_bills_user ON pharmacy_bills (user_id);

CREATE INDEX ix_pharmacy_medications_user ON pharmacy_medications (user_id);

CREATE INDEX ix_pharmacy_raw_data_user ON pharmacy_raw_data (user_id);

CREATE INDEX ix_user_allergies_user ON user_allergies (user_id);

CREATE INDEX ix_user_conditions_user ON user_conditions (user_id);

CREATE INDEX ix_user_devices_user ON user_devices (user_id);

CREATE INDEX ix_user_identities_user ON user_identities (user_id, email);

CREATE INDEX ix_user_medications_user ON user_medications (user_id);

CREATE INDEX ix_user_notifications_user ON user_notifications (user_id);

CREATE INDEX ix_vitals_user ON vitals (user_id);

CREATE INDEX ix_vitals_raw_categorized_raw ON vitals_raw_categorized (raw_id);
CREATE INDEX ix_vitals_raw_categorized_user ON vitals_raw_categorized (user_id);

CREATE INDEX ix_vitals_raw_data_user ON vitals_raw_data (user_id, measured_at);
-- rung:notice ✅ Fixed user_profiles
-- rung:notice ✅ Fixed vitals_raw_data
-- rung:notice ✅ Fixed nutrition_raw_data
-- rung:notice ✅ Fixed pharmacy_raw_data
-- rung:notice ✅ Fixed healthkit_raw_data
-- rung:notice ✅ Fixed vitals_raw_categorized
-- rung:notice ✅ Fixed lab_report_categorized
-- rung:notice ✅ Fixed vitals_hourly_aggregates
-- rung:notice ✅ Fixed vitals_daily_aggregates
-- rung:notice ✅ Fixed nutrition_daily_aggregates
-- rung:notice ✅ Fixed mental_health_daily
-- rung:notice ✅ Fixed pharmacy_daily_aggregates
-- rung:notice ✅ Fixed healthkit_daily_aggregates
-- rung:notice ✅ Fixed lab_reports_daily
-- rung:notice ✅ Fixed vitals_weekly_aggregates
-- rung:notice ✅ Fixed nutrition_weekly_aggregates
-- rung:notice ✅ Fixed pharmacy_weekly_aggregates
-- rung:notice ✅ Fixed healthkit_weekly_aggregates
-- rung:notice ✅ Fixed vitals_monthly_aggregates
-- rung:notice ✅ Fixed nutrition_monthly_aggregates
-- rung:notice ✅ Fixed pharmacy_monthly_aggregates
-- rung:notice ✅ Fixed healthkit_monthly_aggregates
-- rung:notice ✅ Fixed lab_reports_quarterly
-- rung:notice ✅ Fixed lab_reports_yearly
-- rung:notice ✅ Fixed nutrition_goals
-- rung:notice ✅ Fixed user_nutrient_focus
-- rung:notice ✅ Fixed nutrition_meal_plans
-- rung:notice ✅ Fixed vitals_sync_status
-- rung:notice ✅ Fixed nutrition_sync_status
-- rung:notice ✅ Fixed healthkit_sync_status
-- rung:notice ✅ Fixed clinical_notes
-- rung:notice ✅ Fixed clinical_reports
-- rung:notice ✅ Fixed medical_images
-- rung:notice ✅ Fixed lab_reports
-- rung:notice ✅ Fixed chat_sessions
-- rung:notice ✅ Fixed chat_messages
-- rung:notice ✅ Fixed agent_memory
-- rung:notice ✅ Fixed appointments
-- rung:notice ✅ Fixed consultation_requests
-- rung:notice ✅ Fixed user_conditions
-- rung:notice ✅ Fixed user_allergies
-- rung:notice ✅ Fixed user_lifestyle
-- rung:notice ✅ Fixed user_consents
-- rung:notice ✅ Fixed user_measurement_preferences
-- rung:notice ✅ Fixed patient_health_records
-- rung:notice ✅ Fixed health_data_history
-- rung:notice ✅ Fixed patient_health_summaries
-- rung:notice ✅ Fixed health_scores
-- rung:notice ✅ Fixed mental_health_entries
-- rung:notice ✅ Fixed user_identities
-- rung:notice ✅ Fixed login_events
-- rung:notice ✅ Fixed password_reset_tokens
-- rung:notice ✅ Fixed user_devices
-- rung:notice ✅ Fixed user_notifications
-- rung:notice ✅ Fixed document_processing_logs
-- rung:notice ✅ Fixed feedback
-- rung:notice ✅ Fixed pharmacy_medications
-- rung:notice ✅ Fixed pharmacy_bills
-- rung:notice ✅ Fixed user_medications
-- rung:notice ✅ Fixed vitals
-- rung:notice ⏭️  Skipping user_health_conditions (table does not exist)
-- rung:notice ⏭️  Skipping user_dietary_restrictions (table does not exist)
-- rung:notice ⏭️  Skipping user_health_goals (table does not exist)
-- rung:notice ⏭️  Skipping nutrition_logs (table does not exist)
-- rung:notice ⏭️  Skipping mental_health_logs (table does not exist)
-- rung:notice ⏭️  Skipping vitals_aggregates (table does not exist)
-- rung:notice ⏭️  Skipping vitals_categorized (table does not exist)

-- rung:down postgresql
ALTER TABLE public.agent_memory ADD CONSTRAINT agent_memory_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) DEFERRABLE INITIALLY DEFERRED NOT VALID;
-- rung:commit
ALTER TABLE public.agent_memory VALIDATE CONSTRAINT agent_memory_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.agent_memory DROP CONSTRAINT agent_memory_user_id_fkey;
ALTER TABLE public.agent_memory RENAME CONSTRAINT agent_memory_user_id_fkey_rung_new TO agent_memory_user_id_fkey;

-- rung:commit
ALTER TABLE public.appointments ADD CONSTRAINT appointments_patient_id_fkey_rung_new FOREIGN KEY (patient_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.appointments VALIDATE CONSTRAINT appointments_patient_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.appointments DROP CONSTRAINT appointments_patient_id_fkey;
ALTER TABLE public.appointments RENAME CONSTRAINT appointments_patient_id_fkey_rung_new TO appointments_patient_id_fkey;

-- rung:commit
ALTER TABLE public.chat_messages ADD CONSTRAINT chat_messages_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.chat_messages VALIDATE CONSTRAINT chat_messages_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.chat_messages DROP CONSTRAINT chat_messages_user_id_fkey;
ALTER TABLE public.chat_messages RENAME CONSTRAINT chat_messages_user_id_fkey_rung_new TO chat_messages_user_id_fkey;

-- rung:commit
ALTER TABLE public.chat_sessions ADD CONSTRAINT chat_sessions_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.chat_sessions VALIDATE CONSTRAINT chat_sessions_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.chat_sessions DROP CONSTRAINT chat_sessions_user_id_fkey;
ALTER TABLE public.chat_sessions RENAME CONSTRAINT chat_sessions_user_id_fkey_rung_new TO chat_sessions_user_id_fkey;

-- rung:commit
ALTER TABLE public.clinical_notes ADD CONSTRAINT "clinical note's patient_rung_new" FOREIGN KEY (patient_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.clinical_notes VALIDATE CONSTRAINT "clinical note's patient_rung_new";
-- rung:commit
ALTER TABLE public.clinical_notes DROP CONSTRAINT "clinical note's patient";
ALTER TABLE public.clinical_notes RENAME CONSTRAINT "clinical note's patient_rung_new" TO "clinical note's patient";

-- rung:commit
ALTER TABLE public.clinical_reports ADD CONSTRAINT clinical_reports_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.clinical_reports VALIDATE CONSTRAINT clinical_reports_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.clinical_reports DROP CONSTRAINT clinical_reports_user_id_fkey;
ALTER TABLE public.clinical_reports RENAME CONSTRAINT clinical_reports_user_id_fkey_rung_new TO clinical_reports_user_id_fkey;

-- rung:commit
ALTER TABLE public.consultation_requests ADD CONSTRAINT consultation_requests_doctor_id_fkey_rung_new FOREIGN KEY (doctor_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.consultation_requests VALIDATE CONSTRAINT consultation_requests_doctor_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.consultation_requests DROP CONSTRAINT consultation_requests_doctor_id_fkey;
ALTER TABLE public.consultation_requests RENAME CONSTRAINT consultation_requests_doctor_id_fkey_rung_new TO consultation_requests_doctor_id_fkey;
-- rung:commit
ALTER TABLE public.consultation_requests ADD CONSTRAINT consultation_requests_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.consultation_requests VALIDATE CONSTRAINT consultation_requests_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.consultation_requests DROP CONSTRAINT consultation_requests_user_id_fkey;
ALTER TABLE public.consultation_requests RENAME CONSTRAINT consultation_requests_user_id_fkey_rung_new TO consultation_requests_user_id_fkey;

-- rung:commit
ALTER TABLE public.document_processing_logs ADD CONSTRAINT document_processing_logs_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.document_processing_logs VALIDATE CONSTRAINT document_processing_logs_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.document_processing_logs DROP CONSTRAINT document_processing_logs_user_id_fkey;
ALTER TABLE public.document_processing_logs RENAME CONSTRAINT document_processing_logs_user_id_fkey_rung_new TO document_processing_logs_user_id_fkey;

-- rung:commit
ALTER TABLE public.feedback ADD CONSTRAINT feedback_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL NOT VALID;
-- rung:commit
ALTER TABLE public.feedback VALIDATE CONSTRAINT feedback_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.feedback DROP CONSTRAINT feedback_user_id_fkey;
ALTER TABLE public.feedback RENAME CONSTRAINT feedback_user_id_fkey_rung_new TO feedback_user_id_fkey;

-- rung:commit
ALTER TABLE public.health_data_history ADD CONSTRAINT health_data_history_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.health_data_history VALIDATE CONSTRAINT health_data_history_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.health_data_history DROP CONSTRAINT health_data_history_user_id_fkey;
ALTER TABLE public.health_data_history RENAME CONSTRAINT health_data_history_user_id_fkey_rung_new TO health_data_history_user_id_fkey;

-- rung:commit
ALTER TABLE public.health_scores ADD CONSTRAINT health_scores_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.health_scores VALIDATE CONSTRAINT health_scores_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.health_scores DROP CONSTRAINT health_scores_user_id_fkey;
ALTER TABLE public.health_scores RENAME CONSTRAINT health_scores_user_id_fkey_rung_new TO health_scores_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_daily_aggregates ADD CONSTRAINT healthkit_daily_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_daily_aggregates VALIDATE CONSTRAINT healthkit_daily_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_daily_aggregates DROP CONSTRAINT healthkit_daily_aggregates_user_id_fkey;
ALTER TABLE public.healthkit_daily_aggregates RENAME CONSTRAINT healthkit_daily_aggregates_user_id_fkey_rung_new TO healthkit_daily_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_monthly_aggregates ADD CONSTRAINT healthkit_monthly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_monthly_aggregates VALIDATE CONSTRAINT healthkit_monthly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_monthly_aggregates DROP CONSTRAINT healthkit_monthly_aggregates_user_id_fkey;
ALTER TABLE public.healthkit_monthly_aggregates RENAME CONSTRAINT healthkit_monthly_aggregates_user_id_fkey_rung_new TO healthkit_monthly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_raw_data ADD CONSTRAINT healthkit_raw_data_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_raw_data VALIDATE CONSTRAINT healthkit_raw_data_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_raw_data DROP CONSTRAINT healthkit_raw_data_user_id_fkey;
ALTER TABLE public.healthkit_raw_data RENAME CONSTRAINT healthkit_raw_data_user_id_fkey_rung_new TO healthkit_raw_data_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_sync_status ADD CONSTRAINT healthkit_sync_status_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_sync_status VALIDATE CONSTRAINT healthkit_sync_status_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_sync_status DROP CONSTRAINT healthkit_sync_status_user_id_fkey;
ALTER TABLE public.healthkit_sync_status RENAME CONSTRAINT healthkit_sync_status_user_id_fkey_rung_new TO healthkit_sync_status_user_id_fkey;

-- rung:commit
ALTER TABLE public.healthkit_weekly_aggregates ADD CONSTRAINT healthkit_weekly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.healthkit_weekly_aggregates VALIDATE CONSTRAINT healthkit_weekly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.healthkit_weekly_aggregates DROP CONSTRAINT healthkit_weekly_aggregates_user_id_fkey;
ALTER TABLE public.healthkit_weekly_aggregates RENAME CONSTRAINT healthkit_weekly_aggregates_user_id_fkey_rung_new TO healthkit_weekly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_report_categorized ADD CONSTRAINT lab_report_categorized_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.lab_report_categorized VALIDATE CONSTRAINT lab_report_categorized_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_report_categorized DROP CONSTRAINT lab_report_categorized_user_id_fkey;
ALTER TABLE public.lab_report_categorized RENAME CONSTRAINT lab_report_categorized_user_id_fkey_rung_new TO lab_report_categorized_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_reports ADD CONSTRAINT lab_reports_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.lab_reports VALIDATE CONSTRAINT lab_reports_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_reports DROP CONSTRAINT lab_reports_user_id_fkey;
ALTER TABLE public.lab_reports RENAME CONSTRAINT lab_reports_user_id_fkey_rung_new TO lab_reports_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_reports_daily ADD CONSTRAINT lab_reports_daily_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.lab_reports_daily VALIDATE CONSTRAINT lab_reports_daily_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_reports_daily DROP CONSTRAINT lab_reports_daily_user_id_fkey;
ALTER TABLE public.lab_reports_daily RENAME CONSTRAINT lab_reports_daily_user_id_fkey_rung_new TO lab_reports_daily_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_reports_quarterly ADD CONSTRAINT lab_reports_quarterly_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.lab_reports_quarterly VALIDATE CONSTRAINT lab_reports_quarterly_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_reports_quarterly DROP CONSTRAINT lab_reports_quarterly_user_id_fkey;
ALTER TABLE public.lab_reports_quarterly RENAME CONSTRAINT lab_reports_quarterly_user_id_fkey_rung_new TO lab_reports_quarterly_user_id_fkey;

-- rung:commit
ALTER TABLE public.lab_reports_yearly ADD CONSTRAINT lab_reports_yearly_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.lab_reports_yearly VALIDATE CONSTRAINT lab_reports_yearly_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.lab_reports_yearly DROP CONSTRAINT lab_reports_yearly_user_id_fkey;
ALTER TABLE public.lab_reports_yearly RENAME CONSTRAINT lab_reports_yearly_user_id_fkey_rung_new TO lab_reports_yearly_user_id_fkey;

-- rung:commit
ALTER TABLE public.login_events ADD CONSTRAINT login_events_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.login_events DROP CONSTRAINT login_events_user_id_fkey;
ALTER TABLE public.login_events RENAME CONSTRAINT login_events_user_id_fkey_rung_new TO login_events_user_id_fkey;

-- rung:commit
ALTER TABLE public.medical_images ADD CONSTRAINT medical_images_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.medical_images VALIDATE CONSTRAINT medical_images_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.medical_images DROP CONSTRAINT medical_images_user_id_fkey;
ALTER TABLE public.medical_images RENAME CONSTRAINT medical_images_user_id_fkey_rung_new TO medical_images_user_id_fkey;
COMMENT ON CONSTRAINT medical_images_user_id_fkey ON public.medical_images IS 'the files themselves are removed by the storage job';

-- rung:commit
ALTER TABLE public.mental_health_daily ADD CONSTRAINT mental_health_daily_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.mental_health_daily VALIDATE CONSTRAINT mental_health_daily_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.mental_health_daily DROP CONSTRAINT mental_health_daily_user_id_fkey;
ALTER TABLE public.mental_health_daily RENAME CONSTRAINT mental_health_daily_user_id_fkey_rung_new TO mental_health_daily_user_id_fkey;

-- rung:commit
ALTER TABLE public.mental_health_entries ADD CONSTRAINT mental_health_entries_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.mental_health_entries VALIDATE CONSTRAINT mental_health_entries_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.mental_health_entries DROP CONSTRAINT mental_health_entries_user_id_fkey;
ALTER TABLE public.mental_health_entries RENAME CONSTRAINT mental_health_entries_user_id_fkey_rung_new TO mental_health_entries_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_daily_aggregates ADD CONSTRAINT nutrition_daily_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_daily_aggregates VALIDATE CONSTRAINT nutrition_daily_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_daily_aggregates DROP CONSTRAINT nutrition_daily_aggregates_user_id_fkey;
ALTER TABLE public.nutrition_daily_aggregates RENAME CONSTRAINT nutrition_daily_aggregates_user_id_fkey_rung_new TO nutrition_daily_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_goals ADD CONSTRAINT nutrition_goals_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_goals VALIDATE CONSTRAINT nutrition_goals_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_goals DROP CONSTRAINT nutrition_goals_user_id_fkey;
ALTER TABLE public.nutrition_goals RENAME CONSTRAINT nutrition_goals_user_id_fkey_rung_new TO nutrition_goals_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_meal_plans ADD CONSTRAINT nutrition_meal_plans_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) DEFERRABLE NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_meal_plans VALIDATE CONSTRAINT nutrition_meal_plans_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_meal_plans DROP CONSTRAINT nutrition_meal_plans_user_id_fkey;
ALTER TABLE public.nutrition_meal_plans RENAME CONSTRAINT nutrition_meal_plans_user_id_fkey_rung_new TO nutrition_meal_plans_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_monthly_aggregates ADD CONSTRAINT nutrition_monthly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_monthly_aggregates VALIDATE CONSTRAINT nutrition_monthly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_monthly_aggregates DROP CONSTRAINT nutrition_monthly_aggregates_user_id_fkey;
ALTER TABLE public.nutrition_monthly_aggregates RENAME CONSTRAINT nutrition_monthly_aggregates_user_id_fkey_rung_new TO nutrition_monthly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_raw_data ADD CONSTRAINT nutrition_raw_data_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_raw_data VALIDATE CONSTRAINT nutrition_raw_data_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_raw_data DROP CONSTRAINT nutrition_raw_data_user_id_fkey;
ALTER TABLE public.nutrition_raw_data RENAME CONSTRAINT nutrition_raw_data_user_id_fkey_rung_new TO nutrition_raw_data_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_sync_status ADD CONSTRAINT nutrition_sync_status_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_sync_status VALIDATE CONSTRAINT nutrition_sync_status_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_sync_status DROP CONSTRAINT nutrition_sync_status_user_id_fkey;
ALTER TABLE public.nutrition_sync_status RENAME CONSTRAINT nutrition_sync_status_user_id_fkey_rung_new TO nutrition_sync_status_user_id_fkey;

-- rung:commit
ALTER TABLE public.nutrition_weekly_aggregates ADD CONSTRAINT nutrition_weekly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.nutrition_weekly_aggregates VALIDATE CONSTRAINT nutrition_weekly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.nutrition_weekly_aggregates DROP CONSTRAINT nutrition_weekly_aggregates_user_id_fkey;
ALTER TABLE public.nutrition_weekly_aggregates RENAME CONSTRAINT nutrition_weekly_aggregates_user_id_fkey_rung_new TO nutrition_weekly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.password_reset_tokens ADD CONSTRAINT password_reset_tokens_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.password_reset_tokens VALIDATE CONSTRAINT password_reset_tokens_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.password_reset_tokens DROP CONSTRAINT password_reset_tokens_user_id_fkey;
ALTER TABLE public.password_reset_tokens RENAME CONSTRAINT password_reset_tokens_user_id_fkey_rung_new TO password_reset_tokens_user_id_fkey;

-- rung:commit
ALTER TABLE public.patient_health_records ADD CONSTRAINT patient_health_records_patient_id_fkey_rung_new FOREIGN KEY (patient_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.patient_health_records VALIDATE CONSTRAINT patient_health_records_patient_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.patient_health_records DROP CONSTRAINT patient_health_records_patient_id_fkey;
ALTER TABLE public.patient_health_records RENAME CONSTRAINT patient_health_records_patient_id_fkey_rung_new TO patient_health_records_patient_id_fkey;

-- rung:commit
ALTER TABLE public.patient_health_summaries ADD CONSTRAINT patient_health_summaries_patient_id_fkey_rung_new FOREIGN KEY (patient_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.patient_health_summaries VALIDATE CONSTRAINT patient_health_summaries_patient_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.patient_health_summaries DROP CONSTRAINT patient_health_summaries_patient_id_fkey;
ALTER TABLE public.patient_health_summaries RENAME CONSTRAINT patient_health_summaries_patient_id_fkey_rung_new TO patient_health_summaries_patient_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_bills ADD CONSTRAINT pharmacy_bills_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_bills VALIDATE CONSTRAINT pharmacy_bills_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_bills DROP CONSTRAINT pharmacy_bills_user_id_fkey;
ALTER TABLE public.pharmacy_bills RENAME CONSTRAINT pharmacy_bills_user_id_fkey_rung_new TO pharmacy_bills_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_daily_aggregates ADD CONSTRAINT pharmacy_daily_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_daily_aggregates VALIDATE CONSTRAINT pharmacy_daily_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_daily_aggregates DROP CONSTRAINT pharmacy_daily_aggregates_user_id_fkey;
ALTER TABLE public.pharmacy_daily_aggregates RENAME CONSTRAINT pharmacy_daily_aggregates_user_id_fkey_rung_new TO pharmacy_daily_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_medications ADD CONSTRAINT pharmacy_medications_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_medications VALIDATE CONSTRAINT pharmacy_medications_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_medications DROP CONSTRAINT pharmacy_medications_user_id_fkey;
ALTER TABLE public.pharmacy_medications RENAME CONSTRAINT pharmacy_medications_user_id_fkey_rung_new TO pharmacy_medications_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_monthly_aggregates ADD CONSTRAINT pharmacy_monthly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_monthly_aggregates VALIDATE CONSTRAINT pharmacy_monthly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_monthly_aggregates DROP CONSTRAINT pharmacy_monthly_aggregates_user_id_fkey;
ALTER TABLE public.pharmacy_monthly_aggregates RENAME CONSTRAINT pharmacy_monthly_aggregates_user_id_fkey_rung_new TO pharmacy_monthly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_raw_data ADD CONSTRAINT pharmacy_raw_data_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_raw_data VALIDATE CONSTRAINT pharmacy_raw_data_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_raw_data DROP CONSTRAINT pharmacy_raw_data_user_id_fkey;
ALTER TABLE public.pharmacy_raw_data RENAME CONSTRAINT pharmacy_raw_data_user_id_fkey_rung_new TO pharmacy_raw_data_user_id_fkey;

-- rung:commit
ALTER TABLE public.pharmacy_weekly_aggregates ADD CONSTRAINT pharmacy_weekly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.pharmacy_weekly_aggregates VALIDATE CONSTRAINT pharmacy_weekly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.pharmacy_weekly_aggregates DROP CONSTRAINT pharmacy_weekly_aggregates_user_id_fkey;
ALTER TABLE public.pharmacy_weekly_aggregates RENAME CONSTRAINT pharmacy_weekly_aggregates_user_id_fkey_rung_new TO pharmacy_weekly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_allergies ADD CONSTRAINT user_allergies_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_allergies VALIDATE CONSTRAINT user_allergies_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_allergies DROP CONSTRAINT user_allergies_user_id_fkey;
ALTER TABLE public.user_allergies RENAME CONSTRAINT user_allergies_user_id_fkey_rung_new TO user_allergies_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_conditions ADD CONSTRAINT user_conditions_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_conditions VALIDATE CONSTRAINT user_conditions_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_conditions DROP CONSTRAINT user_conditions_user_id_fkey;
ALTER TABLE public.user_conditions RENAME CONSTRAINT user_conditions_user_id_fkey_rung_new TO user_conditions_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_consents ADD CONSTRAINT user_consents_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_consents VALIDATE CONSTRAINT user_consents_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_consents DROP CONSTRAINT user_consents_user_id_fkey;
ALTER TABLE public.user_consents RENAME CONSTRAINT user_consents_user_id_fkey_rung_new TO user_consents_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_devices ADD CONSTRAINT user_devices_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_devices VALIDATE CONSTRAINT user_devices_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_devices DROP CONSTRAINT user_devices_user_id_fkey;
ALTER TABLE public.user_devices RENAME CONSTRAINT user_devices_user_id_fkey_rung_new TO user_devices_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_identities ADD CONSTRAINT user_identities_user_fkey_rung_new FOREIGN KEY (user_id, email) REFERENCES public.users(id, email) MATCH FULL ON UPDATE CASCADE NOT VALID;
-- rung:commit
ALTER TABLE public.user_identities VALIDATE CONSTRAINT user_identities_user_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_identities DROP CONSTRAINT user_identities_user_fkey;
ALTER TABLE public.user_identities RENAME CONSTRAINT user_identities_user_fkey_rung_new TO user_identities_user_fkey;

-- rung:commit
ALTER TABLE public.user_lifestyle ADD CONSTRAINT user_lifestyle_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_lifestyle VALIDATE CONSTRAINT user_lifestyle_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_lifestyle DROP CONSTRAINT user_lifestyle_user_id_fkey;
ALTER TABLE public.user_lifestyle RENAME CONSTRAINT user_lifestyle_user_id_fkey_rung_new TO user_lifestyle_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_measurement_preferences ADD CONSTRAINT user_measurement_preferences_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_measurement_preferences VALIDATE CONSTRAINT user_measurement_preferences_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_measurement_preferences DROP CONSTRAINT user_measurement_preferences_user_id_fkey;
ALTER TABLE public.user_measurement_preferences RENAME CONSTRAINT user_measurement_preferences_user_id_fkey_rung_new TO user_measurement_preferences_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_medications ADD CONSTRAINT user_medications_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_medications VALIDATE CONSTRAINT user_medications_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_medications DROP CONSTRAINT user_medications_user_id_fkey;
ALTER TABLE public.user_medications RENAME CONSTRAINT user_medications_user_id_fkey_rung_new TO user_medications_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_notifications ADD CONSTRAINT user_notifications_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_notifications VALIDATE CONSTRAINT user_notifications_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_notifications DROP CONSTRAINT user_notifications_user_id_fkey;
ALTER TABLE public.user_notifications RENAME CONSTRAINT user_notifications_user_id_fkey_rung_new TO user_notifications_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_nutrient_focus ADD CONSTRAINT user_nutrient_focus_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_nutrient_focus VALIDATE CONSTRAINT user_nutrient_focus_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_nutrient_focus DROP CONSTRAINT user_nutrient_focus_user_id_fkey;
ALTER TABLE public.user_nutrient_focus RENAME CONSTRAINT user_nutrient_focus_user_id_fkey_rung_new TO user_nutrient_focus_user_id_fkey;

-- rung:commit
ALTER TABLE public.user_profiles ADD CONSTRAINT user_profiles_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.user_profiles VALIDATE CONSTRAINT user_profiles_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.user_profiles DROP CONSTRAINT user_profiles_user_id_fkey;
ALTER TABLE public.user_profiles RENAME CONSTRAINT user_profiles_user_id_fkey_rung_new TO user_profiles_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals ADD CONSTRAINT vitals_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.vitals VALIDATE CONSTRAINT vitals_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals DROP CONSTRAINT vitals_user_id_fkey;
ALTER TABLE public.vitals RENAME CONSTRAINT vitals_user_id_fkey_rung_new TO vitals_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_daily_aggregates ADD CONSTRAINT vitals_daily_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_daily_aggregates VALIDATE CONSTRAINT vitals_daily_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_daily_aggregates DROP CONSTRAINT vitals_daily_aggregates_user_id_fkey;
ALTER TABLE public.vitals_daily_aggregates RENAME CONSTRAINT vitals_daily_aggregates_user_id_fkey_rung_new TO vitals_daily_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_hourly_aggregates ADD CONSTRAINT vitals_hourly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_hourly_aggregates VALIDATE CONSTRAINT vitals_hourly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_hourly_aggregates DROP CONSTRAINT vitals_hourly_aggregates_user_id_fkey;
ALTER TABLE public.vitals_hourly_aggregates RENAME CONSTRAINT vitals_hourly_aggregates_user_id_fkey_rung_new TO vitals_hourly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_monthly_aggregates ADD CONSTRAINT vitals_monthly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_monthly_aggregates VALIDATE CONSTRAINT vitals_monthly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_monthly_aggregates DROP CONSTRAINT vitals_monthly_aggregates_user_id_fkey;
ALTER TABLE public.vitals_monthly_aggregates RENAME CONSTRAINT vitals_monthly_aggregates_user_id_fkey_rung_new TO vitals_monthly_aggregates_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_raw_categorized ADD CONSTRAINT vitals_raw_categorized_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_raw_categorized VALIDATE CONSTRAINT vitals_raw_categorized_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_raw_categorized DROP CONSTRAINT vitals_raw_categorized_user_id_fkey;
ALTER TABLE public.vitals_raw_categorized RENAME CONSTRAINT vitals_raw_categorized_user_id_fkey_rung_new TO vitals_raw_categorized_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_raw_data ADD CONSTRAINT vitals_raw_data_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_raw_data VALIDATE CONSTRAINT vitals_raw_data_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_raw_data DROP CONSTRAINT vitals_raw_data_user_id_fkey;
ALTER TABLE public.vitals_raw_data RENAME CONSTRAINT vitals_raw_data_user_id_fkey_rung_new TO vitals_raw_data_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_sync_status ADD CONSTRAINT vitals_sync_status_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_sync_status VALIDATE CONSTRAINT vitals_sync_status_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_sync_status DROP CONSTRAINT vitals_sync_status_user_id_fkey;
ALTER TABLE public.vitals_sync_status RENAME CONSTRAINT vitals_sync_status_user_id_fkey_rung_new TO vitals_sync_status_user_id_fkey;

-- rung:commit
ALTER TABLE public.vitals_weekly_aggregates ADD CONSTRAINT vitals_weekly_aggregates_user_id_fkey_rung_new FOREIGN KEY (user_id) REFERENCES public.users(id) NOT VALID;
-- rung:commit
ALTER TABLE public.vitals_weekly_aggregates VALIDATE CONSTRAINT vitals_weekly_aggregates_user_id_fkey_rung_new;
-- rung:commit
ALTER TABLE public.vitals_weekly_aggregates DROP CONSTRAINT vitals_weekly_aggregates_user_id_fkey;
ALTER TABLE public.vitals_weekly_aggregates RENAME CONSTRAINT vitals_weekly_aggregates_user_id_fkey_rung_new TO vitals_weekly_aggregates_user_id_fkey;
-- rung:notice ↩️  Restored user_profiles
-- rung:notice ↩️  Restored vitals_raw_data
-- rung:notice ↩️  Restored nutrition_raw_data
-- rung:notice ↩️  Restored pharmacy_raw_data
-- rung:notice ↩️  Restored healthkit_raw_data
-- rung:notice ↩️  Restored vitals_raw_categorized
-- rung:notice ↩️  Restored lab_report_categorized
-- rung:notice ↩️  Restored vitals_hourly_aggregates
-- rung:notice ↩️  Restored vitals_daily_aggregates
-- rung:notice ↩️  Restored nutrition_daily_aggregates
-- rung:notice ↩️  Restored mental_health_daily
-- rung:notice ↩️  Restored pharmacy_daily_aggregates
-- rung:notice ↩️  Restored healthkit_daily_aggregates
-- rung:notice ↩️  Restored lab_reports_daily
-- rung:notice ↩️  Restored vitals_weekly_aggregates
-- rung:notice ↩️  Restored nutrition_weekly_aggregates
-- rung:notice ↩️  Restored pharmacy_weekly_aggregates
-- rung:notice ↩️  Restored healthkit_weekly_aggregates
-- rung:notice ↩️  Restored vitals_monthly_aggregates
-- rung:notice ↩️  Restored nutrition_monthly_aggregates
-- rung:notice ↩️  Restored pharmacy_monthly_aggregates
-- rung:notice ↩️  Restored healthkit_monthly_aggregates
-- rung:notice ↩️  Restored lab_reports_quarterly
-- rung:notice ↩️  Restored lab_reports_yearly
-- rung:notice ↩️  Restored nutrition_goals
-- rung:notice ↩️  Restored user_nutrient_focus
-- rung:notice ↩️  Restored nutrition_meal_plans
-- rung:notice ↩️  Restored vitals_sync_status
-- rung:notice ↩️  Restored nutrition_sync_status
-- rung:notice ↩️  Restored healthkit_sync_status
-- rung:notice ↩️  Restored clinical_notes
-- rung:notice ↩️  Restored clinical_reports
-- rung:notice ↩️  Restored medical_images
-- rung:notice ↩️  Restored lab_reports
-- rung:notice ↩️  Restored chat_sessions
-- rung:notice ↩️  Restored chat_messages
-- rung:notice ↩️  Restored agent_memory
-- rung:notice ↩️  Restored appointments
-- rung:notice ↩️  Restored consultation_requests
-- rung:notice ↩️  Restored user_conditions
-- rung:notice ↩️  Restored user_allergies
-- rung:notice ↩️  Restored user_lifestyle
-- rung:notice ↩️  Restored user_consents
-- rung:notice ↩️  Restored user_measurement_preferences
-- rung:notice ↩️  Restored patient_health_records
-- rung:notice ↩️  Restored health_data_history
-- rung:notice ↩️  Restored patient_health_summaries
-- rung:notice ↩️  Restored health_scores
-- rung:notice ↩️  Restored mental_health_entries
-- rung:notice ↩️  Restored user_identities
-- rung:notice ↩️  Restored login_events
-- rung:notice ↩️  Restored password_reset_tokens
-- rung:notice ↩️  Restored user_devices
-- rung:notice ↩️  Restored user_notifications
-- rung:notice ↩️  Restored document_processing_logs
-- rung:notice ↩️  Restored feedback
-- rung:notice ↩️  Restored pharmacy_medications
-- rung:notice ↩️  Restored pharmacy_bills
-- rung:notice ↩️  Restored user_medications
-- rung:notice ↩️  Restored vitals

-- rung:down sqlite
CREATE TABLE new_agent_memory (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
    memory_key VARCHAR(100) NOT NULL CHECK (length("memory_key") <= 100),
    memory TEXT NOT NULL CHECK ("memory" IS NULL OR json_valid("memory"))
);
INSERT INTO new_agent_memory (id, user_id, memory_key, memory)
SELECT id, user_id, memory_key, memory FROM agent_memory;
DELETE FROM sqlite_sequence WHERE name = 'new_agent_memory';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_agent_memory', seq FROM sqlite_sequence WHERE name = 'agent_memory';
DROP TABLE agent_memory;
ALTER TABLE new_agent_memory RENAME TO agent_memory;

CREATE TABLE new_appointments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id INTEGER NOT NULL REFERENCES users (id),
    starts_at TEXT NOT NULL,
    reason VARCHAR(200) CHECK (length("reason") <= 200)
);
INSERT INTO new_appointments (id, patient_id, starts_at, reason)
SELECT id, patient_id, starts_at, reason FROM appointments;
DELETE FROM sqlite_sequence WHERE name = 'new_appointments';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_appointments', seq FROM sqlite_sequence WHERE name = 'appointments';
DROP TABLE appointments;
ALTER TABLE new_appointments RENAME TO appointments;

CREATE TABLE new_chat_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES chat_sessions (id),
    user_id INTEGER NOT NULL REFERENCES users (id),
    role VARCHAR(20) NOT NULL CHECK (length("role") <= 20),
    content TEXT NOT NULL,
    sent_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_chat_messages (id, session_id, user_id, role, content, sent_at)
SELECT id, session_id, user_id, role, content, sent_at FROM chat_messages;
DELETE FROM sqlite_sequence WHERE name = 'new_chat_messages';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_chat_messages', seq FROM sqlite_sequence WHERE name = 'chat_messages';
DROP TABLE chat_messages;
ALTER TABLE new_chat_messages RENAME TO chat_messages;

CREATE TABLE new_chat_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    title VARCHAR(200) CHECK (length("title") <= 200),
    started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_chat_sessions (id, user_id, title, started_at)
SELECT id, user_id, title, started_at FROM chat_sessions;
DELETE FROM sqlite_sequence WHERE name = 'new_chat_sessions';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_chat_sessions', seq FROM sqlite_sequence WHERE name = 'chat_sessions';
DROP TABLE chat_sessions;
ALTER TABLE new_chat_sessions RENAME TO chat_sessions;

CREATE TABLE new_clinical_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id INTEGER NOT NULL CONSTRAINT "clinical note's patient" REFERENCES users (id),
    note TEXT NOT NULL,
    written_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_clinical_notes (id, patient_id, note, written_at)
SELECT id, patient_id, note, written_at FROM clinical_notes;
DELETE FROM sqlite_sequence WHERE name = 'new_clinical_notes';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_clinical_notes', seq FROM sqlite_sequence WHERE name = 'clinical_notes';
DROP TABLE clinical_notes;
ALTER TABLE new_clinical_notes RENAME TO clinical_notes;

CREATE TABLE new_clinical_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    title VARCHAR(200) NOT NULL CHECK (length("title") <= 200),
    body TEXT
);
INSERT INTO new_clinical_reports (id, user_id, title, body)
SELECT id, user_id, title, body FROM clinical_reports;
DELETE FROM sqlite_sequence WHERE name = 'new_clinical_reports';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_clinical_reports', seq FROM sqlite_sequence WHERE name = 'clinical_reports';
DROP TABLE clinical_reports;
ALTER TABLE new_clinical_reports RENAME TO clinical_reports;

CREATE TABLE new_consultation_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    doctor_id INTEGER REFERENCES users (id),
    status VARCHAR(20) NOT NULL DEFAULT 'open' CHECK (length("status") <= 20),
    question TEXT
);
INSERT INTO new_consultation_requests (id, user_id, doctor_id, status, question)
SELECT id, user_id, doctor_id, status, question FROM consultation_requests;
DELETE FROM sqlite_sequence WHERE name = 'new_consultation_requests';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_consultation_requests', seq FROM sqlite_sequence WHERE name = 'consultation_requests';
DROP TABLE consultation_requests;
ALTER TABLE new_consultation_requests RENAME TO consultation_requests;

CREATE TABLE new_document_processing_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    document_name VARCHAR(255) NOT NULL CHECK (length("document_name") <= 255),
    status VARCHAR(20) NOT NULL CHECK (length("status") <= 20)
);
INSERT INTO new_document_processing_logs (id, user_id, document_name, status)
SELECT id, user_id, document_name, status FROM document_processing_logs;
DELETE FROM sqlite_sequence WHERE name = 'new_document_processing_logs';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_document_processing_logs', seq FROM sqlite_sequence WHERE name = 'document_processing_logs';
DROP TABLE document_processing_logs;
ALTER TABLE new_document_processing_logs RENAME TO document_processing_logs;

CREATE TABLE new_feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    message TEXT NOT NULL,
    sent_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_feedback (id, user_id, message, sent_at)
SELECT id, user_id, message, sent_at FROM feedback;
DELETE FROM sqlite_sequence WHERE name = 'new_feedback';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_feedback', seq FROM sqlite_sequence WHERE name = 'feedback';
DROP TABLE feedback;
ALTER TABLE new_feedback RENAME TO feedback;

CREATE TABLE new_health_data_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    field VARCHAR(100) NOT NULL CHECK (length("field") <= 100),
    old_value TEXT,
    new_value TEXT,
    changed_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_health_data_history (id, user_id, field, old_value, new_value, changed_at)
SELECT id, user_id, field, old_value, new_value, changed_at FROM health_data_history;
DELETE FROM sqlite_sequence WHERE name = 'new_health_data_history';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_health_data_history', seq FROM sqlite_sequence WHERE name = 'health_data_history';
DROP TABLE health_data_history;
ALTER TABLE new_health_data_history RENAME TO health_data_history;

CREATE TABLE new_health_scores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    date TEXT NOT NULL,
    score NUMERIC(5,2) NOT NULL,
    UNIQUE (user_id, date)
);
INSERT INTO new_health_scores (id, user_id, date, score)
SELECT id, user_id, date, score FROM health_scores;
DELETE FROM sqlite_sequence WHERE name = 'new_health_scores';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_health_scores', seq FROM sqlite_sequence WHERE name = 'health_scores';
DROP TABLE health_scores;
ALTER TABLE new_health_scores RENAME TO health_scores;

CREATE TABLE new_healthkit_daily_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    date TEXT NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0,
    active_energy_kcal DOUBLE PRECISION,
    UNIQUE (user_id, date)
);
INSERT INTO new_healthkit_daily_aggregates (id, user_id, date, samples, active_energy_kcal)
SELECT id, user_id, date, samples, active_energy_kcal FROM healthkit_daily_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_healthkit_daily_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_healthkit_daily_aggregates', seq FROM sqlite_sequence WHERE name = 'healthkit_daily_aggregates';
DROP TABLE healthkit_daily_aggregates;
ALTER TABLE new_healthkit_daily_aggregates RENAME TO healthkit_daily_aggregates;

CREATE TABLE new_healthkit_monthly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    month_start TEXT NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0,
    active_energy_kcal DOUBLE PRECISION,
    UNIQUE (user_id, month_start)
);
INSERT INTO new_healthkit_monthly_aggregates (id, user_id, month_start, samples, active_energy_kcal)
SELECT id, user_id, month_start, samples, active_energy_kcal FROM healthkit_monthly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_healthkit_monthly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_healthkit_monthly_aggregates', seq FROM sqlite_sequence WHERE name = 'healthkit_monthly_aggregates';
DROP TABLE healthkit_monthly_aggregates;
ALTER TABLE new_healthkit_monthly_aggregates RENAME TO healthkit_monthly_aggregates;

CREATE TABLE new_healthkit_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    sample_type VARCHAR(100) NOT NULL CHECK (length("sample_type") <= 100),
    value DOUBLE PRECISION,
    recorded_at TEXT NOT NULL
);
INSERT INTO new_healthkit_raw_data (id, user_id, sample_type, value, recorded_at)
SELECT id, user_id, sample_type, value, recorded_at FROM healthkit_raw_data;
DELETE FROM sqlite_sequence WHERE name = 'new_healthkit_raw_data';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_healthkit_raw_data', seq FROM sqlite_sequence WHERE name = 'healthkit_raw_data';
DROP TABLE healthkit_raw_data;
ALTER TABLE new_healthkit_raw_data RENAME TO healthkit_raw_data;

CREATE TABLE new_healthkit_sync_status (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    last_sync_at TEXT,
    anchor TEXT
);
INSERT INTO new_healthkit_sync_status (user_id, last_sync_at, anchor)
SELECT user_id, last_sync_at, anchor FROM healthkit_sync_status;
DROP TABLE healthkit_sync_status;
ALTER TABLE new_healthkit_sync_status RENAME TO healthkit_sync_status;

CREATE TABLE new_healthkit_weekly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    week_start TEXT NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0,
    active_energy_kcal DOUBLE PRECISION,
    UNIQUE (user_id, week_start)
);
INSERT INTO new_healthkit_weekly_aggregates (id, user_id, week_start, samples, active_energy_kcal)
SELECT id, user_id, week_start, samples, active_energy_kcal FROM healthkit_weekly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_healthkit_weekly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_healthkit_weekly_aggregates', seq FROM sqlite_sequence WHERE name = 'healthkit_weekly_aggregates';
DROP TABLE healthkit_weekly_aggregates;
ALTER TABLE new_healthkit_weekly_aggregates RENAME TO healthkit_weekly_aggregates;

CREATE TABLE new_lab_report_categorized (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    category VARCHAR(50) NOT NULL CHECK (length("category") <= 50),
    results TEXT CHECK ("results" IS NULL OR json_valid("results"))
);
INSERT INTO new_lab_report_categorized (id, user_id, category, results)
SELECT id, user_id, category, results FROM lab_report_categorized;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_report_categorized';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_report_categorized', seq FROM sqlite_sequence WHERE name = 'lab_report_categorized';
DROP TABLE lab_report_categorized;
ALTER TABLE new_lab_report_categorized RENAME TO lab_report_categorized;

CREATE TABLE new_lab_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    test_name VARCHAR(200) NOT NULL CHECK (length("test_name") <= 200),
    value VARCHAR(100) CHECK (length("value") <= 100),
    test_date TEXT
);
INSERT INTO new_lab_reports (id, user_id, test_name, value, test_date)
SELECT id, user_id, test_name, value, test_date FROM lab_reports;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_reports';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_reports', seq FROM sqlite_sequence WHERE name = 'lab_reports';
DROP TABLE lab_reports;
ALTER TABLE new_lab_reports RENAME TO lab_reports;

CREATE TABLE new_lab_reports_daily (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    date TEXT NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0,
    results TEXT CHECK ("results" IS NULL OR json_valid("results")),
    UNIQUE (user_id, date)
);
INSERT INTO new_lab_reports_daily (id, user_id, date, reports, results)
SELECT id, user_id, date, reports, results FROM lab_reports_daily;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_reports_daily';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_reports_daily', seq FROM sqlite_sequence WHERE name = 'lab_reports_daily';
DROP TABLE lab_reports_daily;
ALTER TABLE new_lab_reports_daily RENAME TO lab_reports_daily;

CREATE TABLE new_lab_reports_quarterly (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    quarter_start TEXT NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0,
    results TEXT CHECK ("results" IS NULL OR json_valid("results")),
    UNIQUE (user_id, quarter_start)
);
INSERT INTO new_lab_reports_quarterly (id, user_id, quarter_start, reports, results)
SELECT id, user_id, quarter_start, reports, results FROM lab_reports_quarterly;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_reports_quarterly';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_reports_quarterly', seq FROM sqlite_sequence WHERE name = 'lab_reports_quarterly';
DROP TABLE lab_reports_quarterly;
ALTER TABLE new_lab_reports_quarterly RENAME TO lab_reports_quarterly;

CREATE TABLE new_lab_reports_yearly (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    year_start TEXT NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0,
    results TEXT CHECK ("results" IS NULL OR json_valid("results")),
    UNIQUE (user_id, year_start)
);
INSERT INTO new_lab_reports_yearly (id, user_id, year_start, reports, results)
SELECT id, user_id, year_start, reports, results FROM lab_reports_yearly;
DELETE FROM sqlite_sequence WHERE name = 'new_lab_reports_yearly';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_lab_reports_yearly', seq FROM sqlite_sequence WHERE name = 'lab_reports_yearly';
DROP TABLE lab_reports_yearly;
ALTER TABLE new_lab_reports_yearly RENAME TO lab_reports_yearly;

CREATE TABLE new_login_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    ip_address TEXT,
    logged_in_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_login_events (id, user_id, ip_address, logged_in_at)
SELECT id, user_id, ip_address, logged_in_at FROM login_events;
DELETE FROM sqlite_sequence WHERE name = 'new_login_events';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_login_events', seq FROM sqlite_sequence WHERE name = 'login_events';
DROP TABLE login_events;
ALTER TABLE new_login_events RENAME TO login_events;

CREATE TABLE new_medical_images (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    storage_path VARCHAR(500) NOT NULL CHECK (length("storage_path") <= 500),
    modality VARCHAR(50) CHECK (length("modality") <= 50)
);
INSERT INTO new_medical_images (id, user_id, storage_path, modality)
SELECT id, user_id, storage_path, modality FROM medical_images;
DELETE FROM sqlite_sequence WHERE name = 'new_medical_images';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_medical_images', seq FROM sqlite_sequence WHERE name = 'medical_images';
DROP TABLE medical_images;
ALTER TABLE new_medical_images RENAME TO medical_images;

CREATE TABLE new_mental_health_daily (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    date TEXT NOT NULL,
    avg_mood NUMERIC(4,2),
    entries INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user_id, date)
);
INSERT INTO new_mental_health_daily (id, user_id, date, avg_mood, entries)
SELECT id, user_id, date, avg_mood, entries FROM mental_health_daily;
DELETE FROM sqlite_sequence WHERE name = 'new_mental_health_daily';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_mental_health_daily', seq FROM sqlite_sequence WHERE name = 'mental_health_daily';
DROP TABLE mental_health_daily;
ALTER TABLE new_mental_health_daily RENAME TO mental_health_daily;

CREATE TABLE new_mental_health_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    mood INTEGER NOT NULL,
    note TEXT,
    felt_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_mental_health_entries (id, user_id, mood, note, felt_at)
SELECT id, user_id, mood, note, felt_at FROM mental_health_entries;
DELETE FROM sqlite_sequence WHERE name = 'new_mental_health_entries';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_mental_health_entries', seq FROM sqlite_sequence WHERE name = 'mental_health_entries';
DROP TABLE mental_health_entries;
ALTER TABLE new_mental_health_entries RENAME TO mental_health_entries;

CREATE TABLE new_nutrition_daily_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    date TEXT NOT NULL,
    total_calories INTEGER,
    total_protein_g NUMERIC(8,2),
    UNIQUE (user_id, date)
);
INSERT INTO new_nutrition_daily_aggregates (id, user_id, date, total_calories, total_protein_g)
SELECT id, user_id, date, total_calories, total_protein_g FROM nutrition_daily_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_daily_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_daily_aggregates', seq FROM sqlite_sequence WHERE name = 'nutrition_daily_aggregates';
DROP TABLE nutrition_daily_aggregates;
ALTER TABLE new_nutrition_daily_aggregates RENAME TO nutrition_daily_aggregates;

CREATE TABLE new_nutrition_goals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    name VARCHAR(100) NOT NULL CHECK (length("name") <= 100),
    daily_calories INTEGER
);
INSERT INTO new_nutrition_goals (id, user_id, name, daily_calories)
SELECT id, user_id, name, daily_calories FROM nutrition_goals;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_goals';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_goals', seq FROM sqlite_sequence WHERE name = 'nutrition_goals';
DROP TABLE nutrition_goals;
ALTER TABLE new_nutrition_goals RENAME TO nutrition_goals;

CREATE TABLE new_nutrition_meal_plans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE,
    plan_date TEXT NOT NULL,
    meals TEXT CHECK ("meals" IS NULL OR json_valid("meals"))
);
INSERT INTO new_nutrition_meal_plans (id, user_id, plan_date, meals)
SELECT id, user_id, plan_date, meals FROM nutrition_meal_plans;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_meal_plans';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_meal_plans', seq FROM sqlite_sequence WHERE name = 'nutrition_meal_plans';
DROP TABLE nutrition_meal_plans;
ALTER TABLE new_nutrition_meal_plans RENAME TO nutrition_meal_plans;

CREATE TABLE new_nutrition_monthly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    month_start TEXT NOT NULL,
    total_calories INTEGER,
    total_protein_g NUMERIC(8,2),
    UNIQUE (user_id, month_start)
);
INSERT INTO new_nutrition_monthly_aggregates (id, user_id, month_start, total_calories, total_protein_g)
SELECT id, user_id, month_start, total_calories, total_protein_g FROM nutrition_monthly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_monthly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_monthly_aggregates', seq FROM sqlite_sequence WHERE name = 'nutrition_monthly_aggregates';
DROP TABLE nutrition_monthly_aggregates;
ALTER TABLE new_nutrition_monthly_aggregates RENAME TO nutrition_monthly_aggregates;

CREATE TABLE new_nutrition_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    food VARCHAR(200) NOT NULL CHECK (length("food") <= 200),
    calories INTEGER,
    eaten_at TEXT NOT NULL
);
INSERT INTO new_nutrition_raw_data (id, user_id, food, calories, eaten_at)
SELECT id, user_id, food, calories, eaten_at FROM nutrition_raw_data;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_raw_data';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_raw_data', seq FROM sqlite_sequence WHERE name = 'nutrition_raw_data';
DROP TABLE nutrition_raw_data;
ALTER TABLE new_nutrition_raw_data RENAME TO nutrition_raw_data;

CREATE TABLE new_nutrition_sync_status (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    last_sync_at TEXT,
    last_error TEXT
);
INSERT INTO new_nutrition_sync_status (user_id, last_sync_at, last_error)
SELECT user_id, last_sync_at, last_error FROM nutrition_sync_status;
DROP TABLE nutrition_sync_status;
ALTER TABLE new_nutrition_sync_status RENAME TO nutrition_sync_status;

CREATE TABLE new_nutrition_weekly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    week_start TEXT NOT NULL,
    total_calories INTEGER,
    total_protein_g NUMERIC(8,2),
    UNIQUE (user_id, week_start)
);
INSERT INTO new_nutrition_weekly_aggregates (id, user_id, week_start, total_calories, total_protein_g)
SELECT id, user_id, week_start, total_calories, total_protein_g FROM nutrition_weekly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_nutrition_weekly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_nutrition_weekly_aggregates', seq FROM sqlite_sequence WHERE name = 'nutrition_weekly_aggregates';
DROP TABLE nutrition_weekly_aggregates;
ALTER TABLE new_nutrition_weekly_aggregates RENAME TO nutrition_weekly_aggregates;

CREATE TABLE new_password_reset_tokens (
    token_hash VARCHAR(64) NOT NULL PRIMARY KEY CHECK (length("token_hash") <= 64),
    user_id INTEGER NOT NULL REFERENCES users (id),
    expires_at TEXT NOT NULL
);
INSERT INTO new_password_reset_tokens (rowid, token_hash, user_id, expires_at)
SELECT rowid, token_hash, user_id, expires_at FROM password_reset_tokens;
DROP TABLE password_reset_tokens;
ALTER TABLE new_password_reset_tokens RENAME TO password_reset_tokens;

CREATE TABLE new_patient_health_records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id INTEGER NOT NULL REFERENCES users (id),
    record TEXT NOT NULL CHECK ("record" IS NULL OR json_valid("record"))
);
INSERT INTO new_patient_health_records (id, patient_id, record)
SELECT id, patient_id, record FROM patient_health_records;
DELETE FROM sqlite_sequence WHERE name = 'new_patient_health_records';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_patient_health_records', seq FROM sqlite_sequence WHERE name = 'patient_health_records';
DROP TABLE patient_health_records;
ALTER TABLE new_patient_health_records RENAME TO patient_health_records;

CREATE TABLE new_patient_health_summaries (
    patient_id INTEGER PRIMARY KEY REFERENCES users (id),
    summary TEXT NOT NULL,
    written_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_patient_health_summaries (patient_id, summary, written_at)
SELECT patient_id, summary, written_at FROM patient_health_summaries;
DROP TABLE patient_health_summaries;
ALTER TABLE new_patient_health_summaries RENAME TO patient_health_summaries;

CREATE TABLE new_pharmacy_bills (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    total NUMERIC(12,2) NOT NULL,
    billed_on TEXT
);
INSERT INTO new_pharmacy_bills (id, user_id, total, billed_on)
SELECT id, user_id, total, billed_on FROM pharmacy_bills;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_bills';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_bills', seq FROM sqlite_sequence WHERE name = 'pharmacy_bills';
DROP TABLE pharmacy_bills;
ALTER TABLE new_pharmacy_bills RENAME TO pharmacy_bills;

CREATE TABLE new_pharmacy_daily_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    date TEXT NOT NULL,
    bills INTEGER NOT NULL DEFAULT 0,
    total_cost NUMERIC(12,2),
    UNIQUE (user_id, date)
);
INSERT INTO new_pharmacy_daily_aggregates (id, user_id, date, bills, total_cost)
SELECT id, user_id, date, bills, total_cost FROM pharmacy_daily_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_daily_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_daily_aggregates', seq FROM sqlite_sequence WHERE name = 'pharmacy_daily_aggregates';
DROP TABLE pharmacy_daily_aggregates;
ALTER TABLE new_pharmacy_daily_aggregates RENAME TO pharmacy_daily_aggregates;

CREATE TABLE new_pharmacy_medications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    name VARCHAR(200) NOT NULL CHECK (length("name") <= 200),
    dosage VARCHAR(100) CHECK (length("dosage") <= 100)
);
INSERT INTO new_pharmacy_medications (id, user_id, name, dosage)
SELECT id, user_id, name, dosage FROM pharmacy_medications;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_medications';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_medications', seq FROM sqlite_sequence WHERE name = 'pharmacy_medications';
DROP TABLE pharmacy_medications;
ALTER TABLE new_pharmacy_medications RENAME TO pharmacy_medications;

CREATE TABLE new_pharmacy_monthly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    month_start TEXT NOT NULL,
    bills INTEGER NOT NULL DEFAULT 0,
    total_cost NUMERIC(12,2),
    UNIQUE (user_id, month_start)
);
INSERT INTO new_pharmacy_monthly_aggregates (id, user_id, month_start, bills, total_cost)
SELECT id, user_id, month_start, bills, total_cost FROM pharmacy_monthly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_monthly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_monthly_aggregates', seq FROM sqlite_sequence WHERE name = 'pharmacy_monthly_aggregates';
DROP TABLE pharmacy_monthly_aggregates;
ALTER TABLE new_pharmacy_monthly_aggregates RENAME TO pharmacy_monthly_aggregates;

CREATE TABLE new_pharmacy_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    document TEXT NOT NULL CHECK ("document" IS NULL OR json_valid("document")),
    received_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO new_pharmacy_raw_data (id, user_id, document, received_at)
SELECT id, user_id, document, received_at FROM pharmacy_raw_data;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_raw_data';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_raw_data', seq FROM sqlite_sequence WHERE name = 'pharmacy_raw_data';
DROP TABLE pharmacy_raw_data;
ALTER TABLE new_pharmacy_raw_data RENAME TO pharmacy_raw_data;

CREATE TABLE new_pharmacy_weekly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    week_start TEXT NOT NULL,
    bills INTEGER NOT NULL DEFAULT 0,
    total_cost NUMERIC(12,2),
    UNIQUE (user_id, week_start)
);
INSERT INTO new_pharmacy_weekly_aggregates (id, user_id, week_start, bills, total_cost)
SELECT id, user_id, week_start, bills, total_cost FROM pharmacy_weekly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_pharmacy_weekly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_pharmacy_weekly_aggregates', seq FROM sqlite_sequence WHERE name = 'pharmacy_weekly_aggregates';
DROP TABLE pharmacy_weekly_aggregates;
ALTER TABLE new_pharmacy_weekly_aggregates RENAME TO pharmacy_weekly_aggregates;

CREATE TABLE new_user_allergies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    allergen VARCHAR(200) NOT NULL CHECK (length("allergen") <= 200),
    severity VARCHAR(20) CHECK (length("severity") <= 20)
);
INSERT INTO new_user_allergies (id, user_id, allergen, severity)
SELECT id, user_id, allergen, severity FROM user_allergies;
DELETE FROM sqlite_sequence WHERE name = 'new_user_allergies';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_allergies', seq FROM sqlite_sequence WHERE name = 'user_allergies';
DROP TABLE user_allergies;
ALTER TABLE new_user_allergies RENAME TO user_allergies;

CREATE TABLE new_user_conditions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    condition_name VARCHAR(200) NOT NULL CHECK (length("condition_name") <= 200),
    diagnosed_on TEXT
);
INSERT INTO new_user_conditions (id, user_id, condition_name, diagnosed_on)
SELECT id, user_id, condition_name, diagnosed_on FROM user_conditions;
DELETE FROM sqlite_sequence WHERE name = 'new_user_conditions';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_conditions', seq FROM sqlite_sequence WHERE name = 'user_conditions';
DROP TABLE user_conditions;
ALTER TABLE new_user_conditions RENAME TO user_conditions;

CREATE TABLE new_user_consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    purpose VARCHAR(100) NOT NULL CHECK (length("purpose") <= 100),
    given_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (user_id, purpose)
);
INSERT INTO new_user_consents (id, user_id, purpose, given_at)
SELECT id, user_id, purpose, given_at FROM user_consents;
DELETE FROM sqlite_sequence WHERE name = 'new_user_consents';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_consents', seq FROM sqlite_sequence WHERE name = 'user_consents';
DROP TABLE user_consents;
ALTER TABLE new_user_consents RENAME TO user_consents;

CREATE TABLE new_user_devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    platform VARCHAR(20) NOT NULL CHECK (length("platform") <= 20),
    push_token VARCHAR(255) CHECK (length("push_token") <= 255)
);
INSERT INTO new_user_devices (id, user_id, platform, push_token)
SELECT id, user_id, platform, push_token FROM user_devices;
DELETE FROM sqlite_sequence WHERE name = 'new_user_devices';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_devices', seq FROM sqlite_sequence WHERE name = 'user_devices';
DROP TABLE user_devices;
ALTER TABLE new_user_devices RENAME TO user_devices;

CREATE TABLE new_user_identities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    email VARCHAR(255) NOT NULL CHECK (length("email") <= 255),
    provider VARCHAR(50) NOT NULL CHECK (length("provider") <= 50),
    subject VARCHAR(255) NOT NULL CHECK (length("subject") <= 255),
    CONSTRAINT user_identities_user_fkey FOREIGN KEY (user_id, email)
        REFERENCES users (id, email) MATCH FULL ON UPDATE CASCADE
);
INSERT INTO new_user_identities (id, user_id, email, provider, subject)
SELECT id, user_id, email, provider, subject FROM user_identities;
DELETE FROM sqlite_sequence WHERE name = 'new_user_identities';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_identities', seq FROM sqlite_sequence WHERE name = 'user_identities';
DROP TABLE user_identities;
ALTER TABLE new_user_identities RENAME TO user_identities;

CREATE TABLE new_user_lifestyle (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    smoker BOOLEAN CHECK ("smoker" IN (0, 1)),
    exercise_per_week INTEGER
);
INSERT INTO new_user_lifestyle (user_id, smoker, exercise_per_week)
SELECT user_id, smoker, exercise_per_week FROM user_lifestyle;
DROP TABLE user_lifestyle;
ALTER TABLE new_user_lifestyle RENAME TO user_lifestyle;

CREATE TABLE new_user_measurement_preferences (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    weight_unit VARCHAR(10) NOT NULL DEFAULT 'kg' CHECK (length("weight_unit") <= 10),
    glucose_unit VARCHAR(10) NOT NULL DEFAULT 'mmol/l' CHECK (length("glucose_unit") <= 10)
);
INSERT INTO new_user_measurement_preferences (user_id, weight_unit, glucose_unit)
SELECT user_id, weight_unit, glucose_unit FROM user_measurement_preferences;
DROP TABLE user_measurement_preferences;
ALTER TABLE new_user_measurement_preferences RENAME TO user_measurement_preferences;

CREATE TABLE new_user_medications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    name VARCHAR(200) NOT NULL CHECK (length("name") <= 200)
);
INSERT INTO new_user_medications (id, user_id, name)
SELECT id, user_id, name FROM user_medications;
DELETE FROM sqlite_sequence WHERE name = 'new_user_medications';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_medications', seq FROM sqlite_sequence WHERE name = 'user_medications';
DROP TABLE user_medications;
ALTER TABLE new_user_medications RENAME TO user_medications;

CREATE TABLE new_user_notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    title VARCHAR(200) NOT NULL CHECK (length("title") <= 200),
    read_at TEXT
);
INSERT INTO new_user_notifications (id, user_id, title, read_at)
SELECT id, user_id, title, read_at FROM user_notifications;
DELETE FROM sqlite_sequence WHERE name = 'new_user_notifications';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_user_notifications', seq FROM sqlite_sequence WHERE name = 'user_notifications';
DROP TABLE user_notifications;
ALTER TABLE new_user_notifications RENAME TO user_notifications;

CREATE TABLE new_user_nutrient_focus (
    user_id INTEGER NOT NULL REFERENCES users (id),
    nutrient VARCHAR(50) NOT NULL CHECK (length("nutrient") <= 50),
    priority INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (user_id, nutrient)
);
INSERT INTO new_user_nutrient_focus (rowid, user_id, nutrient, priority)
SELECT rowid, user_id, nutrient, priority FROM user_nutrient_focus;
DROP TABLE user_nutrient_focus;
ALTER TABLE new_user_nutrient_focus RENAME TO user_nutrient_focus;

CREATE TABLE new_user_profiles (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    full_name VARCHAR(200) CHECK (length("full_name") <= 200),
    date_of_birth TEXT,
    timezone VARCHAR(50) CHECK (length("timezone") <= 50)
);
INSERT INTO new_user_profiles (user_id, full_name, date_of_birth, timezone)
SELECT user_id, full_name, date_of_birth, timezone FROM user_profiles;
DROP TABLE user_profiles;
ALTER TABLE new_user_profiles RENAME TO user_profiles;

CREATE TABLE new_vitals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    metric VARCHAR(50) NOT NULL CHECK (length("metric") <= 50),
    value DOUBLE PRECISION
);
INSERT INTO new_vitals (id, user_id, metric, value)
SELECT id, user_id, metric, value FROM vitals;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals', seq FROM sqlite_sequence WHERE name = 'vitals';
DROP TABLE vitals;
ALTER TABLE new_vitals RENAME TO vitals;

CREATE TABLE new_vitals_daily_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    date TEXT NOT NULL,
    avg_heart_rate DOUBLE PRECISION,
    total_steps INTEGER,
    UNIQUE (user_id, date)
);
INSERT INTO new_vitals_daily_aggregates (id, user_id, date, avg_heart_rate, total_steps)
SELECT id, user_id, date, avg_heart_rate, total_steps FROM vitals_daily_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_daily_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_daily_aggregates', seq FROM sqlite_sequence WHERE name = 'vitals_daily_aggregates';
DROP TABLE vitals_daily_aggregates;
ALTER TABLE new_vitals_daily_aggregates RENAME TO vitals_daily_aggregates;

CREATE TABLE new_vitals_hourly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    hour_start TEXT NOT NULL,
    avg_heart_rate DOUBLE PRECISION,
    total_steps INTEGER,
    UNIQUE (user_id, hour_start)
);
INSERT INTO new_vitals_hourly_aggregates (id, user_id, hour_start, avg_heart_rate, total_steps)
SELECT id, user_id, hour_start, avg_heart_rate, total_steps FROM vitals_hourly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_hourly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_hourly_aggregates', seq FROM sqlite_sequence WHERE name = 'vitals_hourly_aggregates';
DROP TABLE vitals_hourly_aggregates;
ALTER TABLE new_vitals_hourly_aggregates RENAME TO vitals_hourly_aggregates;

CREATE TABLE new_vitals_monthly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    month_start TEXT NOT NULL,
    avg_heart_rate DOUBLE PRECISION,
    total_steps INTEGER,
    UNIQUE (user_id, month_start)
);
INSERT INTO new_vitals_monthly_aggregates (id, user_id, month_start, avg_heart_rate, total_steps)
SELECT id, user_id, month_start, avg_heart_rate, total_steps FROM vitals_monthly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_monthly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_monthly_aggregates', seq FROM sqlite_sequence WHERE name = 'vitals_monthly_aggregates';
DROP TABLE vitals_monthly_aggregates;
ALTER TABLE new_vitals_monthly_aggregates RENAME TO vitals_monthly_aggregates;

CREATE TABLE new_vitals_raw_categorized (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    raw_id BIGINT REFERENCES vitals_raw_data (id),
    category VARCHAR(50) NOT NULL CHECK (length("category") <= 50)
);
INSERT INTO new_vitals_raw_categorized (id, user_id, raw_id, category)
SELECT id, user_id, raw_id, category FROM vitals_raw_categorized;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_raw_categorized';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_raw_categorized', seq FROM sqlite_sequence WHERE name = 'vitals_raw_categorized';
DROP TABLE vitals_raw_categorized;
ALTER TABLE new_vitals_raw_categorized RENAME TO vitals_raw_categorized;

CREATE TABLE new_vitals_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    metric VARCHAR(50) NOT NULL CHECK (length("metric") <= 50),
    value DOUBLE PRECISION NOT NULL,
    measured_at TEXT NOT NULL
);
INSERT INTO new_vitals_raw_data (id, user_id, metric, value, measured_at)
SELECT id, user_id, metric, value, measured_at FROM vitals_raw_data;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_raw_data';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_raw_data', seq FROM sqlite_sequence WHERE name = 'vitals_raw_data';
DROP TABLE vitals_raw_data;
ALTER TABLE new_vitals_raw_data RENAME TO vitals_raw_data;

CREATE TABLE new_vitals_sync_status (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    last_sync_at TEXT,
    last_error TEXT
);
INSERT INTO new_vitals_sync_status (user_id, last_sync_at, last_error)
SELECT user_id, last_sync_at, last_error FROM vitals_sync_status;
DROP TABLE vitals_sync_status;
ALTER TABLE new_vitals_sync_status RENAME TO vitals_sync_status;

CREATE TABLE new_vitals_weekly_aggregates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    week_start TEXT NOT NULL,
    avg_heart_rate DOUBLE PRECISION,
    total_steps INTEGER,
    UNIQUE (user_id, week_start)
);
INSERT INTO new_vitals_weekly_aggregates (id, user_id, week_start, avg_heart_rate, total_steps)
SELECT id, user_id, week_start, avg_heart_rate, total_steps FROM vitals_weekly_aggregates;
DELETE FROM sqlite_sequence WHERE name = 'new_vitals_weekly_aggregates';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_vitals_weekly_aggregates', seq FROM sqlite_sequence WHERE name = 'vitals_weekly_aggregates';
DROP TABLE vitals_weekly_aggregates;
ALTER TABLE new_vitals_weekly_aggregates RENAME TO vitals_weekly_aggregates;

CREATE INDEX ix_agent_memory_user ON agent_memory (user_id);

CREATE INDEX ix_appointments_patient ON appointments (patient_id);

CREATE INDEX ix_chat_messages_session ON chat_messages (session_id);
CREATE INDEX ix_chat_messages_user ON chat_messages (user_id);

CREATE INDEX ix_chat_sessions_user ON chat_sessions (user_id);

CREATE INDEX ix_clinical_notes_patient ON clinical_notes (patient_id);

CREATE INDEX ix_clinical_reports_user ON clinical_reports (user_id);

CREATE INDEX ix_consultation_requests_doctor ON consultation_requests (doctor_id);
CREATE INDEX ix_consultation_requests_user ON consultation_requests (user_id);

CREATE INDEX ix_document_processing_logs_user ON document_processing_logs (user_id);

CREATE INDEX ix_feedback_user ON feedback (user_id);

CREATE INDEX ix_health_data_history_user ON health_data_history (user_id);

CREATE INDEX ix_healthkit_raw_data_user ON healthkit_raw_data (user_id, recorded_at);

CREATE INDEX ix_lab_report_categorized_user ON lab_report_categorized (user_id);

CREATE INDEX ix_lab_reports_user ON lab_reports (user_id);

CREATE INDEX ix_login_events_user ON login_events (user_id);

CREATE INDEX ix_medical_images_user ON medical_images (user_id);

CREATE INDEX ix_mental_health_entries_user ON mental_health_entries (user_id);

CREATE INDEX ix_nutrition_goals_user ON nutrition_goals (user_id);

CREATE INDEX ix_nutrition_meal_plans_user ON nutrition_meal_plans (user_id);

CREATE INDEX ix_nutrition_raw_data_user ON nutrition_raw_data (user_id, eaten_at);

CREATE INDEX ix_password_reset_tokens_user ON password_reset_tokens (user_id);

CREATE INDEX ix_patient_health_records_patient ON patient_health_records (patient_id);

CREATE INDEX ix_pharmacy_bills_user ON pharmacy_bills (user_id);

CREATE INDEX ix_pharmacy_medications_user ON pharmacy_medications (user_id);

CREATE INDEX ix_pharmacy_raw_data_user ON pharmacy_raw_data (user_id);

CREATE INDEX ix_user_allergies_user ON user_allergies (user_id);

CREATE INDEX ix_user_conditions_user ON user_conditions (user_id);

CREATE INDEX ix_user_devices_user ON user_devices (user_id);

CREATE INDEX ix_user_identities_user ON user_identities (user_id, email);

CREATE INDEX ix_user_medications_user ON user_medications (user_id);

CREATE INDEX ix_user_notifications_user ON user_notifications (user_id);

CREATE INDEX ix_vitals_user ON vitals (user_id);

CREATE INDEX ix_vitals_raw_categorized_raw ON vitals_raw_categorized (raw_id);
CREATE INDEX ix_vitals_raw_categorized_user ON vitals_raw_categorized (user_id);

CREATE INDEX ix_vitals_raw_data_user ON vitals_raw_data (user_id, measured_at);
-- rung:notice ↩️  Restored user_profiles
-- rung:notice ↩️  Restored vitals_raw_data
-- rung:notice ↩️  Restored nutrition_raw_data
-- rung:notice ↩️  Restored pharmacy_raw_data
-- rung:notice ↩️  Restored healthkit_raw_data
-- rung:notice ↩️  Restored vitals_raw_categorized
-- rung:notice ↩️  Restored lab_report_categorized
-- rung:notice ↩️  Restored vitals_hourly_aggregates
-- rung:notice ↩️  Restored vitals_daily_aggregates
-- rung:notice ↩️  Restored nutrition_daily_aggregates
-- rung:notice ↩️  Restored mental_health_daily
-- rung:notice ↩️  Restored pharmacy_daily_aggregates
-- rung:notice ↩️  Restored healthkit_daily_aggregates
-- rung:notice ↩️  Restored lab_reports_daily
-- rung:notice ↩️  Restored vitals_weekly_aggregates
-- rung:notice ↩️  Restored nutrition_weekly_aggregates
-- rung:notice ↩️  Restored pharmacy_weekly_aggregates
-- rung:notice ↩️  Restored healthkit_weekly_aggregates
-- rung:notice ↩️  Restored vitals_monthly_aggregates
-- rung:notice ↩️  Restored nutrition_monthly_aggregates
-- rung:notice ↩️  Restored pharmacy_monthly_aggregates
-- rung:notice ↩️  Restored healthkit_monthly_aggregates
-- rung:notice ↩️  Restored lab_reports_quarterly
-- rung:notice ↩️  Restored lab_reports_yearly
-- rung:notice ↩️  Restored nutrition_goals
-- rung:notice ↩️  Restored user_nutrient_focus
-- rung:notice ↩️  Restored nutrition_meal_plans
-- rung:notice ↩️  Restored vitals_sync_status
-- rung:notice ↩️  Restored nutrition_sync_status
-- rung:notice ↩️  Restored healthkit_sync_status
-- rung:notice ↩️  Restored clinical_notes
-- rung:notice ↩️  Restored clinical_reports
-- rung:notice ↩️  Restored medical_images
-- rung:notice ↩️  Restored lab_reports
-- rung:notice ↩️  Restored chat_sessions
-- rung:notice ↩️  Restored chat_messages
-- rung:notice ↩️  Restored agent_memory
-- rung:notice ↩️  Restored appointments
-- rung:notice ↩️  Restored consultation_requests
-- rung:notice ↩️  Restored user_conditions
-- rung:notice ↩️  Restored user_allergies
-- rung:notice ↩️  Restored user_lifestyle
-- rung:notice ↩️  Restored user_consents
-- rung:notice ↩️  Restored user_measurement_preferences
-- rung:notice ↩️  Restored patient_health_records
-- rung:notice ↩️  Restored health_data_history
-- rung:notice ↩️  Restored patient_health_summaries
-- rung:notice ↩️  Restored health_scores
-- rung:notice ↩️  Restored mental_health_entries
-- rung:notice ↩️  Restored user_identities
-- rung:notice ↩️  Restored login_events
-- rung:notice ↩️  Restored password_reset_tokens
-- rung:notice ↩️  Restored user_devices
-- rung:notice ↩️  Restored user_notifications
-- rung:notice ↩️  Restored document_processing_logs
-- rung:notice ↩️  Restored feedback
-- rung:notice ↩️  Restored pharmacy_medications
-- rung:notice ↩️  Restored pharmacy_bills
-- rung:notice ↩️  Restored user_medications
-- rung:notice ↩️  Restored vitals

-- rung:check postgresql none: Every key to users has ON DELETE CASCADE
SELECT conrelid::regclass, conname FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND confdeltype <> 'c' AND confrelid = to_regclass('public.users');

-- rung:check postgresql Keys that cascade
SELECT count(*) >= 61, count(*), 61
FROM pg_constraint
WHERE contype = 'f' AND confdeltype IN ('c') AND (conrelid, conname) IN (
    (to_regclass('public.user_profiles'), 'user_profiles_user_id_fkey'),
    (to_regclass('public.vitals_raw_data'), 'vitals_raw_data_user_id_fkey'),
    (to_regclass('public.nutrition_raw_data'), 'nutrition_raw_data_user_id_fkey'),
    (to_regclass('public.pharmacy_raw_data'), 'pharmacy_raw_data_user_id_fkey'),
    (to_regclass('public.healthkit_raw_data'), 'healthkit_raw_data_user_id_fkey'),
    (to_regclass('public.vitals_raw_categorized'), 'vitals_raw_categorized_user_id_fkey'),
    (to_regclass('public.lab_report_categorized'), 'lab_report_categorized_user_id_fkey'),
    (to_regclass('public.vitals_hourly_aggregates'), 'vitals_hourly_aggregates_user_id_fkey'),
    (to_regclass('public.vitals_daily_aggregates'), 'vitals_daily_aggregates_user_id_fkey'),
    (to_regclass('public.nutrition_daily_aggregates'), 'nutrition_daily_aggregates_user_id_fkey'),
    (to_regclass('public.mental_health_daily'), 'mental_health_daily_user_id_fkey'),
    (to_regclass('public.pharmacy_daily_aggregates'), 'pharmacy_daily_aggregates_user_id_fkey'),
    (to_regclass('public.healthkit_daily_aggregates'), 'healthkit_daily_aggregates_user_id_fkey'),
    (to_regclass('public.lab_reports_daily'), 'lab_reports_daily_user_id_fkey'),
    (to_regclass('public.vitals_weekly_aggregates'), 'vitals_weekly_aggregates_user_id_fkey'),
    (to_regclass('public.nutrition_weekly_aggregates'), 'nutrition_weekly_aggregates_user_id_fkey'),
    (to_regclass('public.pharmacy_weekly_aggregates'), 'pharmacy_weekly_aggregates_user_id_fkey'),
    (to_regclass('public.healthkit_weekly_aggregates'), 'healthkit_weekly_aggregates_user_id_fkey'),
    (to_regclass('public.vitals_monthly_aggregates'), 'vitals_monthly_aggregates_user_id_fkey'),
    (to_regclass('public.nutrition_monthly_aggregates'), 'nutrition_monthly_aggregates_user_id_fkey'),
    (to_regclass('public.pharmacy_monthly_aggregates'), 'pharmacy_monthly_aggregates_user_id_fkey'),
    (to_regclass('public.healthkit_monthly_aggregates'), 'healthkit_monthly_aggregates_user_id_fkey'),
    (to_regclass('public.lab_reports_quarterly'), 'lab_reports_quarterly_user_id_fkey'),
    (to_regclass('public.lab_reports_yearly'), 'lab_reports_yearly_user_id_fkey'),
    (to_regclass('public.nutrition_goals'), 'nutrition_goals_user_id_fkey'),
    (to_regclass('public.user_nutrient_focus'), 'user_nutrient_focus_user_id_fkey'),
    (to_regclass('public.nutrition_meal_plans'), 'nutrition_meal_plans_user_id_fkey'),
    (to_regclass('public.vitals_sync_status'), 'vitals_sync_status_user_id_fkey'),
    (to_regclass('public.nutrition_sync_status'), 'nutrition_sync_status_user_id_fkey'),
    (to_regclass('public.healthkit_sync_status'), 'healthkit_sync_status_user_id_fkey'),
    (to_regclass('public.clinical_notes'), 'clinical note''s patient'),
    (to_regclass('public.clinical_reports'), 'clinical_reports_user_id_fkey'),
    (to_regclass('public.medical_images'), 'medical_images_user_id_fkey'),
    (to_regclass('public.lab_reports'), 'lab_reports_user_id_fkey'),
    (to_regclass('public.chat_sessions'), 'chat_sessions_user_id_fkey'),
    (to_regclass('public.chat_messages'), 'chat_messages_user_id_fkey'),
    (to_regclass('public.agent_memory'), 'agent_memory_user_id_fkey'),
    (to_regclass('public.appointments'), 'appointments_patient_id_fkey'),
    (to_regclass('public.consultation_requests'), 'consultation_requests_doctor_id_fkey'),
    (to_regclass('public.consultation_requests'), 'consultation_requests_user_id_fkey'),
    (to_regclass('public.user_conditions'), 'user_conditions_user_id_fkey'),
    (to_regclass('public.user_allergies'), 'user_allergies_user_id_fkey'),
    (to_regclass('public.user_lifestyle'), 'user_lifestyle_user_id_fkey'),
    (to_regclass('public.user_consents'), 'user_consents_user_id_fkey'),
    (to_regclass('public.user_measurement_preferences'), 'user_measurement_preferences_user_id_fkey'),
    (to_regclass('public.patient_health_records'), 'patient_health_records_patient_id_fkey'),
    (to_regclass('public.health_data_history'), 'health_data_history_user_id_fkey'),
    (to_regclass('public.patient_health_summaries'), 'patient_health_summaries_patient_id_fkey'),
    (to_regclass('public.health_scores'), 'health_scores_user_id_fkey'),
    (to_regclass('public.mental_health_entries'), 'mental_health_entries_user_id_fkey'),
    (to_regclass('public.user_identities'), 'user_identities_user_fkey'),
    (to_regclass('public.login_events'), 'login_events_user_id_fkey'),
    (to_regclass('public.password_reset_tokens'), 'password_reset_tokens_user_id_fkey'),
    (to_regclass('public.user_devices'), 'user_devices_user_id_fkey'),
    (to_regclass('public.user_notifications'), 'user_notifications_user_id_fkey'),
    (to_regclass('public.document_processing_logs'), 'document_processing_logs_user_id_fkey'),
    (to_regclass('public.feedback'), 'feedback_user_id_fkey'),
    (to_regclass('public.pharmacy_medications'), 'pharmacy_medications_user_id_fkey'),
    (to_regclass('public.pharmacy_bills'), 'pharmacy_bills_user_id_fkey'),
    (to_regclass('public.user_medications'), 'user_medications_user_id_fkey'),
    (to_regclass('public.vitals'), 'vitals_user_id_fkey'));

-- rung:check sqlite none: Every key to users has ON DELETE CASCADE
SELECT s.name, f."from" FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f
WHERE s.type = 'table' AND f.on_delete <> 'CASCADE' AND lower(f."table") = lower('users');

-- rung:check sqlite Keys that cascade
SELECT count(*) >= 61, count(*), 61
FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f
WHERE s.type = 'table' AND f.seq = 0 AND f.on_delete IN ('CASCADE') AND (s.name, f."from") IN (VALUES
    ('user_profiles', 'user_id'),
    ('vitals_raw_data', 'user_id'),
    ('nutrition_raw_data', 'user_id'),
    ('pharmacy_raw_data', 'user_id'),
    ('healthkit_raw_data', 'user_id'),
    ('vitals_raw_categorized', 'user_id'),
    ('lab_report_categorized', 'user_id'),
    ('vitals_hourly_aggregates', 'user_id'),
    ('vitals_daily_aggregates', 'user_id'),
    ('nutrition_daily_aggregates', 'user_id'),
    ('mental_health_daily', 'user_id'),
    ('pharmacy_daily_aggregates', 'user_id'),
    ('healthkit_daily_aggregates', 'user_id'),
    ('lab_reports_daily', 'user_id'),
    ('vitals_weekly_aggregates', 'user_id'),
    ('nutrition_weekly_aggregates', 'user_id'),
    ('pharmacy_weekly_aggregates', 'user_id'),
    ('healthkit_weekly_aggregates', 'user_id'),
    ('vitals_monthly_aggregates', 'user_id'),
    ('nutrition_monthly_aggregates', 'user_id'),
    ('pharmacy_monthly_aggregates', 'user_id'),
    ('healthkit_monthly_aggregates', 'user_id'),
    ('lab_reports_quarterly', 'user_id'),
    ('lab_reports_yearly', 'user_id'),
    ('nutrition_goals', 'user_id'),
    ('user_nutrient_focus', 'user_id'),
    ('nutrition_meal_plans', 'user_id'),
    ('vitals_sync_status', 'user_id'),
    ('nutrition_sync_status', 'user_id'),
    ('healthkit_sync_status', 'user_id'),
    ('clinical_notes', 'patient_id'),
    ('clinical_reports', 'user_id'),
    ('medical_images', 'user_id'),
    ('lab_reports', 'user_id'),
    ('chat_sessions', 'user_id'),
    ('chat_messages', 'user_id'),
    ('agent_memory', 'user_id'),
    ('appointments', 'patient_id'),
    ('consultation_requests', 'doctor_id'),
    ('consultation_requests', 'user_id'),
    ('user_conditions', 'user_id'),
    ('user_allergies', 'user_id'),
    ('user_lifestyle', 'user_id'),
    ('user_consents', 'user_id'),
    ('user_measurement_preferences', 'user_id'),
    ('patient_health_records', 'patient_id'),
    ('health_data_history', 'user_id'),
    ('patient_health_summaries', 'patient_id'),
    ('health_scores', 'user_id'),
    ('mental_health_entries', 'user_id'),
    ('user_identities', 'user_id'),
    ('login_events', 'user_id'),
    ('password_reset_tokens', 'user_id'),
    ('user_devices', 'user_id'),
    ('user_notifications', 'user_id'),
    ('document_processing_logs', 'user_id'),
    ('feedback', 'user_id'),
    ('pharmacy_medications', 'user_id'),
    ('pharmacy_bills', 'user_id'),
    ('user_medications', 'user_id'),
    ('vitals', 'user_id'));
